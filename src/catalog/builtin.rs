//! The catalogue that comes with the program.

use std::sync::LazyLock;

use super::Catalog;
use super::load::load;

/// Name and text of each built-in file; a test compares the list with the directory.
pub const FILES: &[(&str, &str)] = &[
    (
        "rules/catalog/amqplib.toml",
        include_str!("../../rules/catalog/amqplib.toml"),
    ),
    (
        "rules/catalog/angular-streams.toml",
        include_str!("../../rules/catalog/angular-streams.toml"),
    ),
    (
        "rules/catalog/angular.toml",
        include_str!("../../rules/catalog/angular.toml"),
    ),
    (
        "rules/catalog/async-mutex.toml",
        include_str!("../../rules/catalog/async-mutex.toml"),
    ),
    ("rules/catalog/bull.toml", include_str!("../../rules/catalog/bull.toml")),
    (
        "rules/catalog/bullmq.toml",
        include_str!("../../rules/catalog/bullmq.toml"),
    ),
    (
        "rules/catalog/chokidar.toml",
        include_str!("../../rules/catalog/chokidar.toml"),
    ),
    (
        "rules/catalog/containers.toml",
        include_str!("../../rules/catalog/containers.toml"),
    ),
    (
        "rules/catalog/custom-elements.toml",
        include_str!("../../rules/catalog/custom-elements.toml"),
    ),
    (
        "rules/catalog/delay.toml",
        include_str!("../../rules/catalog/delay.toml"),
    ),
    (
        "rules/catalog/electron.toml",
        include_str!("../../rules/catalog/electron.toml"),
    ),
    (
        "rules/catalog/emitters.toml",
        include_str!("../../rules/catalog/emitters.toml"),
    ),
    (
        "rules/catalog/esbuild.toml",
        include_str!("../../rules/catalog/esbuild.toml"),
    ),
    (
        "rules/catalog/express.toml",
        include_str!("../../rules/catalog/express.toml"),
    ),
    (
        "rules/catalog/fastify.toml",
        include_str!("../../rules/catalog/fastify.toml"),
    ),
    (
        "rules/catalog/fs-extra.toml",
        include_str!("../../rules/catalog/fs-extra.toml"),
    ),
    (
        "rules/catalog/generic-pool.toml",
        include_str!("../../rules/catalog/generic-pool.toml"),
    ),
    ("rules/catalog/grpc.toml", include_str!("../../rules/catalog/grpc.toml")),
    ("rules/catalog/hapi.toml", include_str!("../../rules/catalog/hapi.toml")),
    (
        "rules/catalog/identifiers.toml",
        include_str!("../../rules/catalog/identifiers.toml"),
    ),
    (
        "rules/catalog/intrinsics.toml",
        include_str!("../../rules/catalog/intrinsics.toml"),
    ),
    (
        "rules/catalog/ioredis.toml",
        include_str!("../../rules/catalog/ioredis.toml"),
    ),
    (
        "rules/catalog/kafkajs.toml",
        include_str!("../../rules/catalog/kafkajs.toml"),
    ),
    ("rules/catalog/knex.toml", include_str!("../../rules/catalog/knex.toml")),
    ("rules/catalog/koa.toml", include_str!("../../rules/catalog/koa.toml")),
    (
        "rules/catalog/mongodb.toml",
        include_str!("../../rules/catalog/mongodb.toml"),
    ),
    (
        "rules/catalog/mongoose.toml",
        include_str!("../../rules/catalog/mongoose.toml"),
    ),
    (
        "rules/catalog/mysql.toml",
        include_str!("../../rules/catalog/mysql.toml"),
    ),
    (
        "rules/catalog/mysql2.toml",
        include_str!("../../rules/catalog/mysql2.toml"),
    ),
    (
        "rules/catalog/nestjs.toml",
        include_str!("../../rules/catalog/nestjs.toml"),
    ),
    ("rules/catalog/next.toml", include_str!("../../rules/catalog/next.toml")),
    (
        "rules/catalog/node-fs.toml",
        include_str!("../../rules/catalog/node-fs.toml"),
    ),
    (
        "rules/catalog/node-handles.toml",
        include_str!("../../rules/catalog/node-handles.toml"),
    ),
    ("rules/catalog/node.toml", include_str!("../../rules/catalog/node.toml")),
    (
        "rules/catalog/nodemailer.toml",
        include_str!("../../rules/catalog/nodemailer.toml"),
    ),
    (
        "rules/catalog/pairs.toml",
        include_str!("../../rules/catalog/pairs.toml"),
    ),
    (
        "rules/catalog/pdfjs-dist.toml",
        include_str!("../../rules/catalog/pdfjs-dist.toml"),
    ),
    ("rules/catalog/pg.toml", include_str!("../../rules/catalog/pg.toml")),
    (
        "rules/catalog/playwright.toml",
        include_str!("../../rules/catalog/playwright.toml"),
    ),
    (
        "rules/catalog/prisma.toml",
        include_str!("../../rules/catalog/prisma.toml"),
    ),
    (
        "rules/catalog/promises.toml",
        include_str!("../../rules/catalog/promises.toml"),
    ),
    (
        "rules/catalog/proper-lockfile.toml",
        include_str!("../../rules/catalog/proper-lockfile.toml"),
    ),
    (
        "rules/catalog/puppeteer.toml",
        include_str!("../../rules/catalog/puppeteer.toml"),
    ),
    (
        "rules/catalog/react.toml",
        include_str!("../../rules/catalog/react.toml"),
    ),
    (
        "rules/catalog/redis.toml",
        include_str!("../../rules/catalog/redis.toml"),
    ),
    (
        "rules/catalog/redlock.toml",
        include_str!("../../rules/catalog/redlock.toml"),
    ),
    (
        "rules/catalog/resize-observer.toml",
        include_str!("../../rules/catalog/resize-observer.toml"),
    ),
    (
        "rules/catalog/rollup.toml",
        include_str!("../../rules/catalog/rollup.toml"),
    ),
    ("rules/catalog/rxjs.toml", include_str!("../../rules/catalog/rxjs.toml")),
    (
        "rules/catalog/sequelize.toml",
        include_str!("../../rules/catalog/sequelize.toml"),
    ),
    (
        "rules/catalog/shapes.toml",
        include_str!("../../rules/catalog/shapes.toml"),
    ),
    (
        "rules/catalog/signal-exit.toml",
        include_str!("../../rules/catalog/signal-exit.toml"),
    ),
    (
        "rules/catalog/socket-io.toml",
        include_str!("../../rules/catalog/socket-io.toml"),
    ),
    (
        "rules/catalog/solid.toml",
        include_str!("../../rules/catalog/solid.toml"),
    ),
    (
        "rules/catalog/stores.toml",
        include_str!("../../rules/catalog/stores.toml"),
    ),
    (
        "rules/catalog/svelte.toml",
        include_str!("../../rules/catalog/svelte.toml"),
    ),
    (
        "rules/catalog/tesseract.toml",
        include_str!("../../rules/catalog/tesseract.toml"),
    ),
    (
        "rules/catalog/test-runners.toml",
        include_str!("../../rules/catalog/test-runners.toml"),
    ),
    (
        "rules/catalog/tiktoken.toml",
        include_str!("../../rules/catalog/tiktoken.toml"),
    ),
    (
        "rules/catalog/timers.toml",
        include_str!("../../rules/catalog/timers.toml"),
    ),
    (
        "rules/catalog/typeorm.toml",
        include_str!("../../rules/catalog/typeorm.toml"),
    ),
    (
        "rules/catalog/undici.toml",
        include_str!("../../rules/catalog/undici.toml"),
    ),
    (
        "rules/catalog/vscode.toml",
        include_str!("../../rules/catalog/vscode.toml"),
    ),
    ("rules/catalog/vue.toml", include_str!("../../rules/catalog/vue.toml")),
    (
        "rules/catalog/web-handles.toml",
        include_str!("../../rules/catalog/web-handles.toml"),
    ),
    (
        "rules/catalog/web-observers.toml",
        include_str!("../../rules/catalog/web-observers.toml"),
    ),
    ("rules/catalog/web.toml", include_str!("../../rules/catalog/web.toml")),
    (
        "rules/catalog/widgets.toml",
        include_str!("../../rules/catalog/widgets.toml"),
    ),
    ("rules/catalog/ws.toml", include_str!("../../rules/catalog/ws.toml")),
];

/// The built-in catalogue, loaded once.
pub fn builtin() -> &'static Catalog {
    static BUILTIN: LazyLock<Catalog> = LazyLock::new(|| load(FILES).expect("the tests load the built-in catalogue"));
    &BUILTIN
}
