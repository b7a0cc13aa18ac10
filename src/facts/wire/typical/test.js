import assert from 'node:assert';
import { test } from 'node:test';
import { create, parse, Client } from '../src/index.js';

const { join } = require('path');
const sinon = require('./mock');

describe('Client', () => {
  let client;
  let server;
  const options = { url: 'http://localhost:8080', method: 'GET', body: null };

  beforeAll(async () => {
    server = await create({ port: 0, name: 'test' });
    client = new Client(server.url, options);
  });

  beforeEach(() => {
    sinon.reset();
  });

  afterEach(async () => {
    await client.close();
  });

  afterAll(() => server.close());

  it('should parse the value', () => {
    expect(parse('a')).toBe('a');
    expect(parse('1')).toEqual(1);
    expect(parse('')).toBeUndefined();
    expect(parse('[1, 2]')).toEqual([1, 2]);
    expect(parse('{}')).toEqual({});
    expect(() => parse('{')).toThrow('Unexpected end');
    expect(parse(null)).toBeNull();
    expect(parse('true').value).toBe(true);
  });

  it('should return the result', async () => {
    const result = await client.get('/users', { query: { page: 1, limit: 10 } });
    expect(result.status).toBe(200);
    expect(result.data).toHaveLength(2);
    expect(result.data[0].name).toBe('first');
    expect(result.headers['content-type']).toMatch(/json/);
    const [first, second] = result.data;
    expect(first).toMatchObject({ id: 1, name: 'first' });
    expect(second.id).not.toBe(first.id);
  });

  it('should call the callback once', function (done) {
    const callback = sinon.spy();
    client.on('message', callback);
    client.emit('message', { type: 'event', payload: 'data' });
    setTimeout(function () {
      assert.strictEqual(callback.callCount, 1);
      assert.equal(callback.args[0][0].type, 'event');
      assert.deepStrictEqual(callback.firstCall.args, [{ type: 'event', payload: 'data' }]);
      assert.ok(client.connected);
      done();
    }, 100);
  });

  it('should fail', async () => {
    const error = new Error('failed');
    jest.spyOn(client, 'request').mockImplementation(() => Promise.reject(error));
    await expect(client.get('/')).rejects.toThrow('failed');
    expect(client.request).toHaveBeenCalledTimes(1);
    expect(client.request).toHaveBeenCalledWith('/', expect.anything());
  });
});

test('works with streams', async (t) => {
  t.plan(2);
  const file = join(__dirname, 'fixtures', 'input.txt');
  const client = new Client(`http://localhost:${3000}`);
  t.after(() => client.destroy());
  client.request({ path: '/', method: 'POST', body: file }, (err, { statusCode, headers, body }) => {
    t.error(err);
    t.equal(statusCode, 200);
    t.equal(headers['content-type'], 'text/plain');
    const buffers = [];
    body.on('data', (chunk) => buffers.push(chunk));
    body.on('end', () => {
      t.equal('hello', Buffer.concat(buffers).toString('utf8'));
    });
  });
});
