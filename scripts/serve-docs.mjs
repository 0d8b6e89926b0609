/**
 * Serves docs/api to this machine alone: `npm run docs:serve -- 8080`.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readCounts, refuse } from './arguments.mjs';
import { root } from './entries.mjs';

const types = /** @type {Readonly<Record<string, string>>} */ ({
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
});

/**
 * Serves a folder on the loopback address.
 *
 * @param {string} folder - What to serve.
 * @param {number} port - 0 = any free one.
 * @returns {Promise<import('node:http').Server>} The server, listening.
 */
export function serve(folder, port) {
  const server = createServer((request, response) => {
    const file = fileFor(folder, request.url ?? '/');
    if (file === undefined) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found\n');
      return;
    }
    const url = request.url ?? '/';
    if (file.endsWith('index.html') && !/(?:\/|\.html)(?:[?#]|$)/.test(url)) {
      // Relative links of a folder's page need the slash.
      response.writeHead(302, { location: `${url.replace(/^\/+/, '/')}/` }).end();
      return;
    }
    const type = types[extname(file)] ?? 'application/octet-stream';
    response.writeHead(200, { 'content-type': type, 'cache-control': 'no-cache' });
    response.end(readFileSync(file));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', () => resolve(server));
  });
}

/**
 * The file that a request asks for; a path cannot lead out of the folder.
 *
 * @param {string} folder
 * @param {string} url
 */
function fileFor(folder, url) {
  const path = URL.canParse(url, 'http://localhost')
    ? normalize(decode(new URL(url, 'http://localhost').pathname))
    : '/';
  const file = join(folder, path);
  if (!existsSync(file)) return undefined;
  const page = statSync(file).isDirectory() ? join(file, 'index.html') : file;
  return existsSync(page) ? page : undefined;
}

/** @param {string} path */
function decode(path) {
  try {
    return decodeURIComponent(path).replaceAll('\0', '');
  } catch {
    return '/';
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [port = 0] = readCounts('npm run docs:serve -- [PORT], by default 8080', [8080]);
  if (port > 65535) refuse(`expected a port up to 65535, got ${port}`);
  if (!existsSync(`${root}docs/api/index.html`)) {
    console.error('There is no site yet: npm run docs');
    process.exit(1);
  }
  await serve(`${root}docs/api`, port);
  console.log(`http://127.0.0.1:${port}/  (the playground: /playground/; Ctrl+C ends)`);
}
