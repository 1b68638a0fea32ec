import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { Authentication, Extension, Host } from '../../../sdk/index.ts';
import { CountersignError, messageOf } from '../../../sdk/index.ts';
import type { BearerConfig } from './index.ts';
import { isTokenText } from './index.ts';

/** A file is looked at this often at most; a changed token counts from then on. */
const LOOK_INTERVAL_MS = 1_000;
const FILE_BYTES_MAX = 65_536;

/**
 * Bearer tokens (RFC 6750) for both sides of a connection.
 *
 * A token file is read at the start and again when its time, size or inode changed, looked at no
 * more than once a second and only when a request needs it. A file that becomes unreadable keeps
 * the last tokens in force, and health says so.
 */
export function createBearer(config: BearerConfig, host: Host): Extension {
  const prefix = config.scheme === '' ? '' : `${config.scheme} `;
  const header = config.header.toLowerCase();
  const written = config.token === undefined ? config.tokens : [config.token];
  let tokens: readonly string[] = written.map((one) => one.reveal());
  let digests = tokens.map(digestOf);
  let fileState = '';
  let lookedAtMs = -Infinity;

  const adopt = (path: string): void => {
    const { mtimeNs, size, ino } = statSync(path, { bigint: true });
    const state = `${mtimeNs}/${size}/${ino}`;
    if (state === fileState) return;
    if (size > FILE_BYTES_MAX) throw new Error(`it is larger than ${FILE_BYTES_MAX} bytes`);
    tokens = tokensIn(readFileSync(path, 'utf8'));
    digests = tokens.map(digestOf);
    fileState = state;
    host.report({ status: 'healthy', message: `${tokens.length} token(s) from ${path}` });
  };

  const look = (): void => {
    if (config.filename === undefined) return;
    const nowMs = host.clock.monotonicMs();
    if (nowMs - lookedAtMs < LOOK_INTERVAL_MS) return;
    lookedAtMs = nowMs;
    try {
      adopt(config.filename);
    } catch (thrown) {
      const message = `cannot read ${config.filename} (${messageOf(thrown)}); the last tokens stay`;
      host.report({ status: 'degraded', message });
      // The next look must read it even when it comes back as it was, or health would stay degraded.
      fileState = '';
    }
  };

  return {
    start() {
      if (config.filename === undefined) {
        host.report({ status: 'healthy', message: `${tokens.length} token(s) configured` });
        return;
      }
      try {
        adopt(config.filename);
        lookedAtMs = host.clock.monotonicMs();
      } catch (thrown) {
        throw new CountersignError(
          'CS_START_FAILED',
          `extensions.${host.id}.filename: cannot read a token from ${config.filename}: ${messageOf(thrown)}`,
        );
      }
    },
    authenticate(headers): Authentication {
      look();
      const value = headers[header];
      if (typeof value !== 'string') return { ok: false, message: `no ${config.header} header` };
      if (!startsWithScheme(value, prefix)) {
        return { ok: false, message: `${config.header} does not begin with "${prefix.trim()}"` };
      }
      const index = indexOfToken(digests, value.slice(prefix.length).trim());
      return index < 0
        ? { ok: false, message: 'the token is not a known one' }
        : { ok: true, principal: `token-${index + 1}` };
    },
    credentials() {
      look();
      const [first] = tokens;
      return first === undefined ? {} : { [config.header]: prefix + first };
    },
  };
}

/** The scheme is compared without regard to case (RFC 9110 §11.1). */
function startsWithScheme(value: string, prefix: string): boolean {
  return value.slice(0, prefix.length).toLowerCase() === prefix.toLowerCase();
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Position of the token, or -1. Digests make lengths equal, and every one is compared. */
function indexOfToken(digests: readonly Buffer[], offered: string): number {
  const digest = digestOf(offered);
  let found = -1;
  for (const [index, known] of digests.entries()) {
    if (timingSafeEqual(known, digest) && found < 0) found = index;
  }
  return found;
}

function tokensIn(text: string): string[] {
  const tokens = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (tokens.length === 0) throw new Error('it holds no token');
  if (!tokens.every(isTokenText)) throw new Error('a token has control characters in it');
  return tokens;
}
