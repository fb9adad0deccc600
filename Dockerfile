# One image, two stages: the first builds the wheel, the second holds only what runs.
ARG BASE=python:3.11-slim

FROM ${BASE} AS build
WORKDIR /src
COPY requirements-build.lock requirements-run.lock ./
RUN python -m venv /opt/build \
 && /opt/build/bin/pip install --no-cache-dir --require-hashes -r requirements-build.lock \
 && python -m venv --without-pip /opt/feeder \
 && /opt/build/bin/pip --python /opt/feeder/bin/python install --no-cache-dir --no-compile --require-hashes -r requirements-run.lock
COPY pyproject.toml README.md LICENSE ./
COPY tools/hatch_build.py tools/slim.py tools/
COPY feeder feeder
COPY templates templates
COPY translations translations
# compiled without times in it: nothing in the image can be written, so a .pyc that looks stale would be made again at every start
RUN /opt/build/bin/pip wheel --no-cache-dir --no-deps --no-build-isolation -w /wheels . \
 && /opt/build/bin/pip --python /opt/feeder/bin/python install --no-cache-dir --no-compile --no-deps /wheels/feeder-*.whl \
 && /opt/feeder/bin/python -B tools/slim.py \
 && /opt/feeder/bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/feeder/lib

FROM ${BASE}
LABEL org.opencontainers.image.title="feeder" \
      org.opencontainers.image.description="Multilingual feeds, pages and a weekly digest for newsrooms that publish in English, Kazakh and Russian" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN groupadd --gid 10001 feeder \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin feeder \
 && install -d -o feeder -g feeder -m 0750 /data \
 && install -d /site
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
