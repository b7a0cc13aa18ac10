'use strict';

const http = require('http');
const fs = require('fs');
const path = require('path');
const util = require('util');
const { EventEmitter } = require('events');
const debug = require('./debug')('app:server');
const errors = require('../lib/errors');
var utils = require('./utils'),
  slice = Array.prototype.slice,
  hasOwnProperty = Object.prototype.hasOwnProperty;

var DEFAULTS = { host: '127.0.0.1', port: 3000, timeout: 5000, encoding: 'utf-8' };

/** A connection with its parser. */
function Connection(options, callback) {
  if (!(this instanceof Connection)) return new Connection(options, callback);
  EventEmitter.call(this);
  var self = this;
  this.options = Object.assign({}, DEFAULTS, options);
  this.queue = [];
  this.state = 'idle';
  this._socket = null;
  this.closed = false;
  if (typeof callback === 'function') {
    this.once('connect', callback);
  }
  process.nextTick(function () {
    self.open();
  });
}

util.inherits(Connection, EventEmitter);

Connection.prototype.open = function open() {
  var self = this;
  var socket = http.createConnection(this.options.port, this.options.host);
  socket.setTimeout(this.options.timeout);
  socket.on('data', function (chunk) {
    self.parse(chunk.toString(), 0);
  });
  socket.on('error', function (err) {
    self.emit('error', err);
  });
  socket.on('close', function () {
    self.closed = true;
    self._socket = null;
  });
  this._socket = socket;
  return this;
};

Connection.prototype.parse = function (text, index) {
  var length = text.length;
  var result = [];
  for (var i = index || 0; i < length; i++) {
    var code = text.charCodeAt(i);
    switch (code) {
      case 10:
      case 13:
        result.push(text.slice(index, i));
        index = i + 1;
        break;
      case 34:
        if (text[i + 1] === '"') {
          i += 2;
          continue;
        }
        break;
      default:
        if (code > 127 || code < 32) {
          throw new Error('Unexpected character: ' + text.charAt(i));
        }
    }
  }
  while (this.queue.length > 0 && result.length) {
    var next = this.queue.shift();
    next(null, result.pop());
  }
  return result;
};

Connection.prototype.write = function (data, encoding, callback) {
  if (this.closed) {
    return callback(new Error('closed'));
  }
  if (!this._socket) {
    this.queue.push(callback);
    return false;
  }
  var args = slice.call(arguments, 1);
  this._socket.write.apply(this._socket, [data].concat(args));
  return true;
};

function extend(target, source) {
  for (var key in source) {
    if (hasOwnProperty.call(source, key) && source[key] !== undefined) {
      target[key] = source[key];
    }
  }
  return target || {};
}

function debounce(fn, wait) {
  let timeout = null;
  return function () {
    const context = this;
    const args = arguments;
    clearTimeout(timeout);
    timeout = setTimeout(() => {
      timeout = null;
      fn.apply(context, args);
    }, wait);
  };
}

async function handle(req, res, next) {
  const { id, name = 'none' } = req.params;
  try {
    const file = path.join(__dirname, 'public', `${id}.json`);
    const data = await fs.promises.readFile(file, 'utf8');
    const body = JSON.parse(data);
    if (!body || body.error) {
      return res.status(404).json({ error: 'Not found', message: body.error });
    }
    res.status(200).send({ id, name, data: body.items.map((item) => item.value), total: body.items.length });
  } catch (err) {
    debug('failed %s', err.message);
    next(err);
  }
}

module.exports = function createServer(app, options) {
  const opts = extend(extend({}, DEFAULTS), options);
  const server = http.createServer(app);
  const sockets = new Set();
  let isOpen = false;

  app.get('/', handle);
  app.post('/users/:id', function (req, res) {
    res.setHeader('X-Powered-By', 'app');
    res.end();
  });
  app.use((req, res, next) => {
    const start = Date.now();
    res.on('finish', () => {
      console.log(`${req.method} ${req.url} ${res.statusCode} ${Date.now() - start}ms`);
    });
    next();
  });

  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(opts.port, () => {
    isOpen = true;
    console.log('listening on', server.address().port);
  });
  process.on('exit', () => {
    if (isOpen) server.close();
    sockets.forEach((socket) => socket.destroy());
  });
  return server;
};

module.exports.Connection = Connection;
module.exports.debounce = debounce;
exports.errors = errors.map(function (error) { return utils.format(error); });
