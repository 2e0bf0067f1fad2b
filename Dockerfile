# A small image that runs calfuzz and is not root. Build: docker build -t calfuzz .
# Run: docker run --rm -e CALFUZZ_ADMIN_TOKEN -e CALFUZZ_STAFF_TOKEN -v "$PWD:/work" calfuzz run --target staging.yaml
FROM python:3.12-slim AS build
WORKDIR /source
COPY pyproject.toml README.md ./
COPY fuzz fuzz
COPY strategies strategies
COPY swagger swagger
RUN python -m venv /opt/calfuzz \
    && /opt/calfuzz/bin/pip install --no-cache-dir --disable-pip-version-check .

FROM python:3.12-slim
COPY --from=build /opt/calfuzz /opt/calfuzz
RUN useradd --create-home --uid 1000 calfuzz && mkdir /work && chown calfuzz /work
USER 1000
WORKDIR /work
ENV PATH=/opt/calfuzz/bin:$PATH PYTHONUNBUFFERED=1
ENTRYPOINT ["calfuzz"]
CMD ["run"]
