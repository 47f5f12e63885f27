# Server with the web app. Build: docker build -t latchkey .
FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY . .
# The pinned Node and the native parts of the bundler are optional dependencies.
RUN npm ci --include=optional --no-audit --no-fund && npm run build

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /opt/latchkey
COPY --from=build /src/dist/latchkey/ ./
# Data and generated keys; the rest of the image is read-only for the server.
RUN mkdir -p /var/lib/latchkey && chown node:node /var/lib/latchkey
USER node
VOLUME /var/lib/latchkey
EXPOSE 5601
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:5601/api/status').then((r) => process.exit(r.status === 200 ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "start.js"]
CMD ["--config", "/etc/latchkey/kibana.yml"]
