import { readFileSync } from 'node:fs';
import type { SecureContextOptions, TlsOptions } from 'node:tls';
import { CountersignError, messageOf } from '../../../sdk/index.ts';
import type { HttpSettings } from './index.ts';

export type TlsSettings = NonNullable<HttpSettings['tls']>;

/** Reads the files that the settings name. Throws CS_START_FAILED with the path of the setting. */
export function readTls(settings: TlsSettings, where: string): TlsOptions & SecureContextOptions {
  const read = (key: 'cert_file' | 'key_file' | 'client_ca_file'): Buffer | undefined => {
    const path = settings[key];
    if (path === undefined) return undefined;
    try {
      return readFileSync(path);
    } catch (thrown) {
      throw new CountersignError(
        'CS_START_FAILED',
        `${where}.tls.${key}: cannot read ${path}: ${messageOf(thrown)}`,
      );
    }
  };
  const ca = read('client_ca_file');
  return {
    cert: read('cert_file'),
    key: read('key_file'),
    minVersion: `TLSv${settings.min_version}`,
    ...(settings.max_version !== undefined && { maxVersion: `TLSv${settings.max_version}` }),
    ...(ca !== undefined && { ca, requestCert: true, rejectUnauthorized: true }),
  };
}
