-- Frontier and fetch state lie beside Airflow's database, not inside it. Run by the postgres image at its first start.
CREATE DATABASE state;
