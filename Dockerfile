# The binary has libpq and OpenSSL built in, so the second stage needs neither.

FROM rust:1.95-slim-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends gcc libc6-dev make perl \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN cargo build --release --locked --bin shophouse

FROM debian:bookworm-slim
# For connections to PostgreSQL with sslmode=verify-full.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --no-create-home --uid 10001 shophouse \
    && install -d -m 700 -o shophouse /var/lib/shophouse
COPY --from=build /src/target/release/shophouse /usr/local/bin/shophouse
USER shophouse
ENV ROCKET_ADDRESS=0.0.0.0 ROCKET_PORT=8000 SHOPHOUSE_DATA_DIR=/var/lib/shophouse
EXPOSE 8000
# With bash, so that no HTTP client has to be installed. A start may have migrations to run first.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10m --retries=3 CMD ["bash", "-c", \
    "exec 3<>/dev/tcp/127.0.0.1/$ROCKET_PORT && printf 'GET /health/ready HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["shophouse"]
CMD ["serve"]
