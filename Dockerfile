# One image for every service of docker-compose.yml. Python packages come from the hashed lock, as in `make setup`.
FROM python:3.12-slim-bookworm

ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 AIRFLOW_HOME=/opt/airflow
WORKDIR /opt/consilience

# dumb-init hands signals on to every child, so that `docker compose stop` ends task processes too
RUN apt-get update && apt-get install --yes --no-install-recommends dumb-init \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 1000 --create-home consilience \
    && mkdir -p /data/published /opt/airflow/logs \
    && chown -R consilience /data /opt/airflow

COPY requirements.lock ./
RUN pip install --require-hashes --requirement requirements.lock

COPY pyproject.toml README.md LICENSE ./
COPY common common
COPY ingest ingest
COPY transforms transforms
COPY warehouse warehouse
COPY cli cli
COPY demo demo
COPY dags dags
COPY plugins plugins
COPY outlets outlets
COPY docker docker
RUN pip install --no-deps --no-build-isolation --editable .

USER consilience
VOLUME ["/data"]
ENTRYPOINT ["dumb-init", "--"]
CMD ["consilience", "--help"]
