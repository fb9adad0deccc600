# syntax=docker/dockerfile:1
# One image, two stages: the first builds the wheel, the second holds only what runs.
FROM python:3.11-slim AS build
WORKDIR /src
COPY pyproject.toml requirements.lock requirements-run.lock README.md LICENSE ./
COPY tools tools
COPY feeder feeder
COPY templates templates
COPY translations translations
RUN python -m venv /opt/build \
 && /opt/build/bin/pip install --no-cache-dir --require-hashes -r requirements.lock \
 && /opt/build/bin/pip wheel --no-cache-dir --no-deps --no-build-isolation -w /wheels .
RUN python -m venv --without-pip /opt/feeder \
 && /opt/build/bin/pip --python /opt/feeder/bin/python install --no-cache-dir --require-hashes -r requirements-run.lock \
 && /opt/build/bin/pip --python /opt/feeder/bin/python install --no-cache-dir --no-deps /wheels/feeder-*.whl

FROM python:3.11-slim
RUN groupadd --gid 10001 feeder \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin feeder \
 && install -d -o feeder -g feeder /data /site
COPY --from=build /opt/feeder /opt/feeder
ENV PATH=/opt/feeder/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    FEEDER_DATA=/data
USER 10001:10001
WORKDIR /site
VOLUME /data
EXPOSE 8000
# the first build of a large site takes minutes, and nothing answers before it is done
HEALTHCHECK --interval=30s --timeout=5s --start-period=10m --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["feeder"]
CMD ["serve", "--host", "0.0.0.0"]
