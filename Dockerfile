# Server with the web app. Build: docker build -t latchkey .

# The files that npm needs. While they are unchanged, the build below reuses its installed packages.
FROM docker.io/library/node:24-bookworm-slim AS manifests
WORKDIR /src
COPY . .
RUN find . \( -type f ! -name package.json ! -name package-lock.json ! -name .npmrc -o -type d -empty \) -delete

FROM docker.io/library/node:24-bookworm-slim AS build
WORKDIR /src
COPY --from=manifests /src/ ./
# The native parts of the bundler are optional dependencies.
RUN npm ci --include=optional
COPY . .
# Not npm run build, which would install the packages again.
RUN node scripts/build.ts

FROM docker.io/library/node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /opt/latchkey
COPY --from=build /src/dist/latchkey/ ./
# Data. A user who is only a number, as with --user 12345, belongs to the group root.
RUN mkdir -m 770 /var/lib/latchkey && chown node:root /var/lib/latchkey
USER node
VOLUME /var/lib/latchkey
EXPOSE 5601
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:5601/api/status').then((r) => process.exit(r.status === 200 ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "start.js"]
CMD ["--config", "/etc/latchkey/kibana.yml"]
