# The sample app and its host. For your own app change APP to the name of its product.
#
#   docker build -t roost .
#   docker run -p 8080:8080 -v roost:/var/lib/roost -v roost-buckets:/srv/roost/.roost roost
#
# Two volumes hold what outlives a container: the store, and the buckets with the files that handlers
# committed. Name both, as above: a volume without a name is not found again by the next container.
# To drop files into a bucket, give it a directory of yours that the user roost may write:
#   -v "$PWD/inbox:/srv/roost/.roost/inbox"
# Stop it with time to finish what runs: docker stop --time 30 NAME

FROM swift:6.3-bookworm AS build
ARG APP=OrderDesk
# As the Makefile builds it.
ARG FLAGS="-c release --static-swift-stdlib -Xswiftc -enforce-exclusivity=unchecked -Xswiftc -Xfrontend -Xswiftc -disable-dynamic-actor-isolation"
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends \
        libcurl4-openssl-dev libsqlite3-dev libuv1-dev pkg-config zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
# Dependencies change less often than code, so they are a layer of their own.
COPY Package.* ./
RUN swift package resolve
COPY . .
RUN swift build $FLAGS --product roost \
    && swift build $FLAGS --product "$APP" \
    && mkdir /result \
    && cp "$(swift build -c release --show-bin-path)/roost" /result/roost \
    && cp "$(swift build -c release --show-bin-path)/$APP" /result/app

FROM debian:bookworm-slim
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends \
        ca-certificates libcurl4 libsqlite3-0 libuv1 tzdata zlib1g \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --user-group --no-create-home --shell /usr/sbin/nologin roost \
    && install --directory --owner=roost --group=roost --mode=0700 /var/lib/roost \
    && install --directory --owner=roost --group=roost /srv/roost/.roost \
        /srv/roost/.roost/inbox /srv/roost/.roost/reports
COPY --from=build /result/roost /result/app /usr/local/bin/
USER roost
# Settings are read from here: the app declares triggers on buckets, and they say where those are.
WORKDIR /srv/roost
COPY roost.yaml ./
# The API stays inside the container: docker exec NAME roost status
ENV ROOST_APP=/usr/local/bin/app \
    ROOST_DATA_DIRECTORY=/var/lib/roost \
    ROOST_LISTEN=0.0.0.0:8080
VOLUME /var/lib/roost /srv/roost/.roost
EXPOSE 8080
# bash speaks TCP, so the image needs no HTTP client.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 CMD ["bash", "-c", "\
    exec 3<>/dev/tcp/127.0.0.1/8081 \
    && printf 'GET /healthz HTTP/1.1\\r\\nHost: 127.0.0.1:8081\\r\\nConnection: close\\r\\n\\r\\n' >&3 \
    && read -r status <&3 && [[ $status == *' 200 '* ]]"]
ENTRYPOINT ["roost"]
CMD ["serve"]
