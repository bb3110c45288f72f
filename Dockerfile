# syntax=docker/dockerfile:1
# Web, worker and beat run from this one image; docker-compose.yml says which is which.

FROM python:3.12-slim-bookworm AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements/runtime.txt /tmp/runtime.txt
# Every package is pinned and hashed: what was tested is what runs.
RUN /opt/venv/bin/pip install --require-hashes --no-deps -r /tmp/runtime.txt

FROM python:3.12-slim-bookworm AS program
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=psp.settings \
    PSP_DATA=/var/lib/psp \
    STATIC_ROOT=/srv/static
RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin psp \
    && install -d -o psp -g psp -m 0700 /var/lib/psp
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY . .
# The values here only let the settings load while files are collected; none of them stays in the image.
RUN python -m psp.embedded.messages \
    && SECRET_KEY=build PSP_INDEX_KEY=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
       PSP_AUDIT_KEY=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
       PSP_MASTER_KEYS=build:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
       DATABASE_URL=postgresql://build@127.0.0.1:1/build KEYS_DATABASE_URL=postgresql://build@127.0.0.1:1/build \
       REDIS_URL=redis://127.0.0.1:1/0 \
       python manage.py collectstatic --no-input --verbosity 0 \
    && python -m compileall -q /app
USER psp
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["python", "deploy/healthcheck.py"]
# One process loads the program, its two workers share the memory. No access log: addresses of pages are
# nobody's business, and the program writes its own log without personal data.
CMD ["gunicorn", "psp.wsgi", "--bind=0.0.0.0:8000", "--worker-class=gthread", "--workers=2", "--threads=4", \
     "--preload", "--timeout=60", "--graceful-timeout=20", "--worker-tmp-dir=/dev/shm", "--no-control-socket"]

# The same program beside PostgreSQL's own copying programs, of the servers' version, which the database's makers publish.
FROM program AS backup
USER root
RUN apt-get update && apt-get install --yes --no-install-recommends postgresql-common \
    && /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y \
    && apt-get install --yes --no-install-recommends postgresql-client-18 && rm -rf /var/lib/apt/lists/* \
    && install -d -o psp -g psp -m 0700 /backups
USER psp
HEALTHCHECK NONE

# What is built where no target is named.
FROM program
