# The broker of one tenant, for docker cells. Build context: services/broker-runtime/dist.
ARG NODE_IMAGE=node:24-bookworm-slim
FROM ${NODE_IMAGE}
COPY *.mjs /app/
# Shown as the broker's version.
LABEL org.opencontainers.image.version=0.1.0
ENV NODE_ENV=production
ENTRYPOINT ["node", "--disable-sigusr1", "/app/runtime.mjs"]
