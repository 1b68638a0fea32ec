import { readFile, stat } from 'node:fs/promises';
import { generateKey, parseKey, SigningKey } from '../../../events/index.ts';
import { CountersignError } from '../../../sdk/index.ts';
import type { Host } from '../../../sdk/index.ts';
import type { SignerConfig } from './index.ts';

/** What `key` says to ask for a key of this run. */
const GENERATE = 'generate';

/** Longest key file: far more than any key, far less than a mistaken path might hold. */
const FILE_BYTES_MAX = 65_536;

/** Rights of others than the owner. */
const OTHERS_MASK = 0o077;

/** The key that the configuration names. Throws CS_KEY_MISSING or CS_KEY_INVALID, saying where. */
export async function loadKey(
  config: SignerConfig,
  host: Host,
): Promise<{ key: SigningKey; generated: boolean }> {
  const text = config.key?.reveal() ?? '';
  if (text !== '' && config.key_file !== undefined) {
    throw new CountersignError('CS_KEY_INVALID', `${host.id}: set key or key_file, not both`);
  }
  if (text === GENERATE) return { key: new SigningKey(generateKey()), generated: true };
  if (config.key_file !== undefined) {
    const path = config.key_file;
    const content = await readKeyFile(path, host);
    return { key: keyOf(content, `${host.id}: key_file ${path}`), generated: false };
  }
  if (text.trim() === '') {
    throw new CountersignError(
      'CS_KEY_MISSING',
      `${host.id}: no key: set key to \${env:NAME} with the variable set to hmac:<base64> or ` +
        'raw:<text> (32 bytes or more), or key_file to a file that holds it; key: generate makes ' +
        'one for this run only',
    );
  }
  return { key: keyOf(text, `${host.id}: key`), generated: false };
}

function keyOf(text: string, where: string): SigningKey {
  try {
    return parseKey(text);
  } catch (thrown) {
    if (!(thrown instanceof CountersignError)) throw thrown;
    // Not as its cause: an error that is printed whole must not print what was parsed.
    throw new CountersignError(thrown.code, `${where}: ${thrown.message}`);
  }
}

async function readKeyFile(path: string, host: Host): Promise<string> {
  try {
    const { mode, size } = await stat(path);
    if (size > FILE_BYTES_MAX) throw new Error(`it has ${size} bytes`);
    if ((mode & OTHERS_MASK) !== 0) {
      host.log.warn(`The key file ${path} can be read by others; chmod 600 it.`);
    }
    return (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : 'it cannot be read';
    throw new CountersignError('CS_KEY_MISSING', `${host.id}: key_file ${path}: ${why}`);
  }
}
