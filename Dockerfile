# Davy's image: the binary, the libraries it is linked with and the certificate authorities, nothing else. No shell, no
# package manager, not root; docs/decisions/0008-image-and-chart.md says why.
#   docker build -t davy .
ARG BASE=debian:bookworm
FROM ${BASE} AS build
WORKDIR /src
COPY scripts/setup scripts/setup
RUN ./scripts/setup --build \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends ca-certificates >/dev/null
COPY . .
RUN --mount=type=cache,target=/root/.cache/ccache \
    cmake --preset release -DBUILD_TESTING=OFF -DDAVY_BENCHMARKS=OFF \
 && cmake --build --preset release --target davy
RUN ./scripts/image-root build/release/davy /image

FROM scratch
COPY --from=build /image /
LABEL org.opencontainers.image.title="davy" \
      org.opencontainers.image.description="Watches a canary beside its baseline and rolls it back when it fails" \
      org.opencontainers.image.licenses="Apache-2.0"
USER 65532:65532
EXPOSE 3289
ENTRYPOINT ["/usr/bin/davy"]
CMD ["--help"]
