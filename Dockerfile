# One image for the monitor, the sensors and setup. Node 24 runs the TypeScript as it is; only the page is compiled.
# A release names the base image by its digest.
ARG NODE_IMAGE=node:24-bookworm-slim
FROM ${NODE_IMAGE} AS base
WORKDIR /app
ENV NODE_ENV=production

# Every user in the container can read the sources, whatever the umask of the checkout was.
FROM base AS sources
COPY . .
RUN chmod -R a+rX .

# Only the files that npm reads, so that a change in the sources does not install everything again.
FROM sources AS manifests
RUN find . -type f ! -name package.json ! -name package-lock.json ! -name .npmrc -delete

FROM base AS dependencies
COPY --from=manifests /app ./
# The image has Node, so the optional package with Node is left out.
RUN npm ci --omit=dev --omit=optional -w apps/monitor -w apps/sensor -w apps/cli
# Remove files that never run: SQLite's sources, binaries for other machines, types and source maps.
RUN cd node_modules \
 && rm -rf better-sqlite3/deps better-sqlite3/src \
 && find better-sqlite3/prebuilds -type f ! -name "linux-$(node -p process.arch).node" -delete \
 && find . -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' \) -delete

# The page is bundled here, so that its build tools stay out of the final image.
FROM base AS page
COPY --from=manifests /app ./
RUN npm ci --include=dev -w apps/dashboard
COPY --from=sources /app ./
RUN node apps/dashboard/build.ts

FROM base
COPY --from=dependencies /app ./
COPY --from=sources /app ./
COPY --from=page /app/apps/dashboard/dist ./apps/dashboard/dist
# A new volume mounted here gets this owner, so that the programs can write without being root.
RUN install -d -o node -g node -m 700 /data node_modules/.cache
USER node
# These options save memory: a small nursery for objects, and a cache of compiled code for this user. Without the cache
# the compiler that strips the types would be loaded and stay in memory.
ENV NODE_OPTIONS=--max-semi-space-size=4 NODE_COMPILE_CACHE=/app/node_modules/.cache/node NPM_CONFIG_UPDATE_NOTIFIER=false
ARG VERSION=
ARG REVISION=
ENV HEARTHWATCH_COMMIT=${REVISION}
LABEL org.opencontainers.image.title=Hearthwatch \
      org.opencontainers.image.description="A home sensor monitor over MQTT: monitor, sensor and setup in one image" \
      org.opencontainers.image.licenses=MIT \
      org.opencontainers.image.version=${VERSION} \
      org.opencontainers.image.revision=${REVISION}
# The monitor answers, or the sensor stores: its outbox is written with every reading.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
  CMD if [ -d /data/outbox ]; then find /data/outbox -type f -mmin -10 | grep -q .; \
  else node -e "fetch('http://127.0.0.1:' + (process.env.HTTP_PORT || 8080) + '/api/health').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"; fi
RUN for app in monitor sensor; do node apps/$app/main.ts --help > /dev/null || exit 1; done
CMD ["node", "apps/monitor/main.ts"]
