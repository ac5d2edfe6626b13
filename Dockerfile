# An image with the commands and the LibTorch they need.
#
#   docker build -t gobert .                                   # CPU, about 0.7 GB
#   docker build -t gobert:cuda --build-arg DEVICE=cuda .      # NVIDIA GPUs too, about 5 GB
#   docker run --rm -v "$PWD:/data" -w /data gobert pretrain doctor
#   docker run --rm --gpus all -v "$PWD:/data" -w /data gobert:cuda pretrain doctor --device cuda
#   docker build --target cluster --build-arg DEVICE=cuda -t gobert:cluster .   # the same for clusters: no root (see deploy)
#   docker build --target serve -t gobert-serve .              # the server alone, for deploy/serve-*.yaml
#   docker run --rm -p 8080:8080 -v "$PWD/runs:/models:ro" gobert-serve /models/sst2 --listen 0.0.0.0:8080
#
# Without a registry, bases made of Debian's packages do, and buildah, as root (in a container, BUILDAH_ISOLATION=chroot and
# STORAGE_DRIVER=vfs are to be exported first):
#
#   debootstrap --variant=minbase bookworm base && tar -C base -cf base.tar .
#   c=$(buildah from scratch) && buildah add $c base.tar / && buildah commit $c debian:bookworm-slim
#   c=$(buildah from --pull-never debian:bookworm-slim) && buildah add $c /usr/local/go /usr/local/go
#   buildah run $c -- sh -c 'apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev git make ca-certificates'
#   buildah config --env PATH=/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin $c
#   buildah commit $c golang:1.26-bookworm
#   buildah build --pull-never --network host -t gobert .
ARG DEVICE=cpu

FROM golang:1.26-bookworm AS build
ARG DEVICE
RUN apt-get update && apt-get install -y --no-install-recommends g++ python3-pip && rm -rf /var/lib/apt/lists/*
WORKDIR /src
# LibTorch and the compiled binding change seldom: layers of their own, before the sources.
COPY scripts scripts
RUN scripts/install-libtorch.sh --$DEVICE
COPY go.mod go.sum ./
RUN go mod download
RUN eval "$(scripts/install-libtorch.sh --print-env)" && go build github.com/sugarme/gotch/libtch
COPY . .
RUN eval "$(scripts/install-libtorch.sh --print-env)" && go build -ldflags=-s -o /out/ ./cmd/... \
    && cp -rL "$GOBERT_LIBTORCH/lib" /out/lib && strip --strip-unneeded /out/lib/libtorch_cpu.so

FROM debian:bookworm-slim AS libtorch
RUN apt-get update && apt-get install -y --no-install-recommends libstdc++6 ca-certificates && rm -rf /var/lib/apt/lists/*
COPY --from=build /out/lib /usr/local/lib/gobert
ENV LD_LIBRARY_PATH=/usr/local/lib/gobert

FROM libtorch AS serve
COPY --from=build /out/serve /usr/local/bin/
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["serve"]

FROM libtorch AS runtime
COPY --from=build /out/pretrain /out/finetune /out/serve /usr/local/bin/
CMD ["pretrain", "--help"]

# Many clusters refuse to run as root. A volume must be writable for this user; what is downloaded goes to HF_HOME.
FROM runtime AS cluster
ENV HOME=/tmp
USER 65532:65532
WORKDIR /bert

FROM runtime
