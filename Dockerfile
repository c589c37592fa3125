# Concord's images, a target each: docker build --target gateway -t concord/gateway .
# What is installed is what pnpm-lock.yaml names. `docker/README.md` says what each image holds and needs.
ARG NODE_IMAGE=node:24.21.0-trixie-slim

FROM ${NODE_IMAGE} AS base

# --- everything is built once, and each image takes its own part ---
FROM base AS build
WORKDIR /build
# Over .npmrc, which keeps a failure to itself.
ENV CI=true TURBO_TELEMETRY_DISABLED=1 npm_config_loglevel=warn
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml .npmrc ./
RUN --mount=type=cache,id=concord-npm,target=/root/.npm \
  npm install --global --no-audit --no-fund "$(node -p "require('./package.json').packageManager")"
# Needs the lockfile alone, so it is done again only when that changes.
RUN --mount=type=cache,id=concord-pnpm,target=/pnpm/store pnpm --config.store-dir=/pnpm/store fetch
COPY . .
RUN --mount=type=cache,id=concord-pnpm,target=/pnpm/store \
  pnpm --config.store-dir=/pnpm/store install --offline --frozen-lockfile \
  && pnpm exec turbo run build --ui=stream
ARG CONCORD_VERSION=1.0.0
RUN --mount=type=cache,id=concord-pnpm,target=/pnpm/store <<'SH'
set -eu
for name in gateway auth consensus-orchestrator ai-inference mesh emulators; do
  # Injected: copies of the workspace's packages instead of links to where they were built.
  pnpm --config.store-dir=/pnpm/store --config.inject-workspace-packages=true --offline \
    --filter "@concord/$name" --prod deploy "/out/$name"
  node docker/trim-deployment.mjs "/out/$name"
  node docker/write-sbom.mjs "/out/$name" "$CONCORD_VERSION"
done
SH

# --- what all images share ---
FROM base AS runtime
# A service never installs anything.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn* /usr/local/bin/yarn*
WORKDIR /concord
COPY docker/health-check.mjs /concord/health-check.mjs
# Without NODE_ENV a service would emulate what it has no keys for.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080
USER 1000:1000
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --start-interval=1s --retries=4 CMD ["node", "/concord/health-check.mjs"]
# Node is the first process itself: it ends on SIGTERM when what it has accepted is done.
ENTRYPOINT ["node"]
CMD ["dist/main.js"]
ARG CONCORD_VERSION=1.0.0
ARG CONCORD_REVISION=unknown
ARG NODE_IMAGE
LABEL org.opencontainers.image.vendor="Concord" \
  org.opencontainers.image.version="${CONCORD_VERSION}" \
  org.opencontainers.image.revision="${CONCORD_REVISION}" \
  org.opencontainers.image.base.name="docker.io/library/${NODE_IMAGE}" \
  org.cyclonedx.sbom="sbom.cdx.json"

FROM runtime AS gateway
LABEL org.opencontainers.image.title="concord/gateway" \
  org.opencontainers.image.description="The door: proxy, limits, live events, OpenAI's API, MCP, console"
WORKDIR /concord/services/gateway
COPY --from=build /out/gateway ./
COPY --from=build /build/packages/console/dist /concord/packages/console/dist

FROM runtime AS auth
LABEL org.opencontainers.image.title="concord/auth" \
  org.opencontainers.image.description="Accounts, sessions, API keys, roles, plans, tokens"
WORKDIR /concord/services/auth
COPY --from=build /out/auth ./

FROM runtime AS consensus-orchestrator
LABEL org.opencontainers.image.title="concord/consensus-orchestrator" \
  org.opencontainers.image.description="Queries, deliberation, results, measured reliability"
WORKDIR /concord/services/consensus-orchestrator
COPY --from=build /out/consensus-orchestrator ./

FROM runtime AS ai-inference
LABEL org.opencontainers.image.title="concord/ai-inference" \
  org.opencontainers.image.description="The models of all providers behind one port"
WORKDIR /concord/services/ai-inference
COPY --from=build /out/ai-inference ./

FROM runtime AS emulators
LABEL org.opencontainers.image.title="concord/emulators" \
  org.opencontainers.image.description="Local servers that speak the providers' protocols, for the sandbox"
WORKDIR /concord/packages/emulators
COPY --from=build /out/emulators ./

# --- the operators' command, with PostgreSQL's client programs ---
FROM runtime AS operator
USER 0:0
# Of the package only the programs: with its wrappers it would bring all of Perl.
RUN <<'SH'
set -eu
apt-get update -qq
apt-get install -qq -y --no-install-recommends libpq5 libreadline8t64 liblz4-1 libzstd1 >/dev/null
cd /tmp
apt-get download -qq postgresql-client-17
dpkg-deb -x postgresql-client-17_*.deb client
for program in psql pg_dump pg_restore pg_dumpall pg_isready; do
  install -m 755 "client/usr/lib/postgresql/17/bin/$program" /usr/local/bin/
  "$program" --version >/dev/null
done
rm -rf /tmp/* /var/lib/apt/lists/* /var/cache/apt/*.bin /var/log/apt /var/log/dpkg.log
SH
LABEL org.opencontainers.image.title="concord/operator" \
  org.opencontainers.image.description="The concord command: migrate, status, back up, restore, rotate"
WORKDIR /concord/packages/mesh
COPY --from=build /out/mesh ./
COPY --chmod=755 <<'SH' /usr/local/bin/concord
#!/bin/sh
exec node /concord/packages/mesh/dist/main.js "$@"
SH
COPY docker/make-secrets.ts docker/secret-files.ts docker/prepare-database.sh /concord/docker/
COPY docker/postgres/*.sql monitoring/postgres/usage.sql /concord/docker/postgres/
USER 1000:1000
HEALTHCHECK NONE
ENTRYPOINT ["concord"]
CMD ["--help"]

# --- a pooler for production, of the same base ---
FROM base AS pgbouncer
RUN <<'SH'
set -eu
apt-get update -qq
apt-get install -qq -y --no-install-recommends libcares2 libevent-2.1-7t64 libpam0g libssl3t64 libsystemd0 >/dev/null
cd /tmp
apt-get download -qq pgbouncer
dpkg-deb -x pgbouncer_*.deb pooler
install -m 755 pooler/usr/sbin/pgbouncer /usr/local/bin/
pgbouncer --version >/dev/null
rm -rf /tmp/* /var/lib/apt/lists/* /var/cache/apt/*.bin /var/log/apt /var/log/dpkg.log
SH
LABEL org.opencontainers.image.title="concord/pgbouncer" org.opencontainers.image.vendor="Concord"
COPY docker/health-check-port.mjs /concord/health-check-port.mjs
USER 1000:1000
EXPOSE 6432
STOPSIGNAL SIGINT
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --start-interval=1s CMD ["node", "/concord/health-check-port.mjs", "6432"]
ENTRYPOINT ["pgbouncer"]
CMD ["/etc/pgbouncer/pgbouncer.ini"]
