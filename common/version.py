"""The version of the code, stored with every record it makes."""

__version__ = "0.1.0"
CODE_VERSION = f"consilience/{__version__}"
