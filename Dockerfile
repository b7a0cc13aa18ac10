# An image with nothing but leaklint: `docker run --rm -v "$PWD:/src" IMAGE check`.
FROM rust:1.95-slim-bookworm AS build
WORKDIR /leaklint
COPY . .
RUN cargo build --locked --profile dist --bin leaklint

FROM debian:bookworm-slim
COPY --from=build /leaklint/target/dist/leaklint /usr/local/bin/leaklint
WORKDIR /src
ENTRYPOINT ["leaklint"]
CMD ["check"]
