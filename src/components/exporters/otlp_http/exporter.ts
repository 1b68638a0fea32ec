import { readFileSync } from 'node:fs';
import assert from 'node:assert/strict';
import type { Agent } from 'node:http';
import type { AgentOptions } from 'node:https';
import type {
  Deadline,
  Exporter,
  Extension,
  HealthReport,
  Host,
  RecordSet,
  Shipment,
} from '../../../sdk/index.ts';
import { CountersignError, messageOf } from '../../../sdk/index.ts';
import { jsonRequest, writeRequest } from '../../../otlp/index.ts';
import { shipmentOf } from './answer.ts';
import type { Route } from './attempt.ts';
import { attempt } from './attempt.ts';
import type { Compressor } from './compress.ts';
import { compressorOf } from './compress.ts';
import type { OtlpHttpConfig } from './index.ts';

const MEDIA_TYPES = { proto: 'application/x-protobuf', json: 'application/json' } as const;

/** Sends requests to one OTLP/HTTP backend. The connections are made by the first shipments. */
export async function createOtlpHttp(config: OtlpHttpConfig, host: Host): Promise<Exporter> {
  const url = new URL(logsUrl(config));
  // Only what the scheme needs.
  const module = await (url.protocol === 'https:'
    ? import('node:https')
    : import('../../../sdk/http.ts'));
  return new OtlpHttpExporter(config, host, url, module);
}

function logsUrl({ endpoint, logs_endpoint }: OtlpHttpConfig): string {
  if (logs_endpoint !== undefined) return logs_endpoint;
  const base = endpoint ?? '';
  return base.endsWith('/') ? `${base}v1/logs` : `${base}/v1/logs`;
}

/** What both kinds of agents come from, and their requests. */
interface HttpModule {
  readonly request: Route['request'];
  readonly Agent: new (options: AgentOptions) => Agent;
}

class OtlpHttpExporter implements Exporter {
  readonly #config: OtlpHttpConfig;
  readonly #host: Host;
  readonly #url: URL;
  readonly #where: string;
  readonly #http: HttpModule;
  readonly #compressor: Compressor | undefined;
  readonly #headers: readonly string[];
  #credentials: Extension['credentials'];
  #route: Route | undefined;
  #health: HealthReport | undefined;
  #shipping = 0;
  #idle: (() => void) | undefined;

  constructor(config: OtlpHttpConfig, host: Host, url: URL, http: HttpModule) {
    this.#config = config;
    this.#host = host;
    this.#url = url;
    this.#where = `${url.origin}${url.pathname}`;
    this.#http = http;
    this.#compressor = compressorOf(config.compression, config.compression_params.level);
    this.#headers = fixedHeaders(config, url, this.#compressor);
  }

  start(): void {
    const { auth, disable_keep_alives, idle_conn_timeout, max_conns_per_host } = this.#config;
    if (auth !== null && auth !== undefined) this.#credentials = this.#authenticator(auth);
    const idleMax = this.#config.max_idle_conns_per_host ?? this.#config.max_idle_conns;
    const agent = new this.#http.Agent({
      keepAlive: !disable_keep_alives,
      maxSockets: max_conns_per_host === 0 ? Infinity : max_conns_per_host,
      maxFreeSockets: idleMax,
      scheduling: 'lifo',
      ...(idle_conn_timeout > 0 && { timeout: idle_conn_timeout }),
      ...tlsOptions(this.#config, this.#host.id),
    });
    const { protocol, hostname, port, pathname, search } = this.#url;
    const isTls = protocol === 'https:';
    this.#route = {
      isTls,
      request: this.#http.request,
      clock: this.#host.clock,
      agent,
      hostname: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: port === '' ? (isTls ? 443 : 80) : Number(port),
      path: pathname + search,
    };
    this.#say('degraded', `nothing delivered to ${this.#where} yet`);
  }

  async ship(sets: readonly RecordSet[], deadline: Deadline): Promise<Shipment> {
    this.#shipping += 1;
    try {
      const shipment = await this.#ship(sets, deadline);
      this.#judgeHealth(shipment);
      return shipment;
    } finally {
      this.#shipping -= 1;
      if (this.#shipping === 0) this.#idle?.();
    }
  }

  /** Lets shipments under way end until the deadline, then closes every connection. */
  async stop(deadline: Deadline): Promise<void> {
    const route = this.#route;
    if (route === undefined) return;
    if (this.#shipping > 0) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
        deadline.onExpired(resolve);
      });
    }
    route.agent.destroy();
  }

  async #ship(sets: readonly RecordSet[], deadline: Deadline): Promise<Shipment> {
    const route = this.#route;
    assert(route !== undefined, 'shipped before the start');
    const isJson = this.#config.encoding === 'json';
    const encoded = isJson ? Buffer.from(jsonRequest(sets)) : writeRequest(sets);
    const packed = this.#compressor?.compress(encoded) ?? encoded;
    const body = packed instanceof Promise ? await packed : packed;
    const headers = [...this.#headers, 'Content-Length', String(body.length)];
    for (const [name, value] of Object.entries(this.#credentials?.() ?? {}))
      headers.push(name, value);
    const end = await attempt(route, headers, body, deadline);
    let count = 0;
    for (const set of sets) count += set.count;
    return shipmentOf(end, {
      where: this.#where,
      mediaType: MEDIA_TYPES[this.#config.encoding],
      count,
      wallMs: this.#host.clock.wallMs(),
    });
  }

  #authenticator(auth: { authenticator: string }): Extension['credentials'] {
    const extension = this.#host.extension(auth.authenticator);
    if (extension?.credentials === undefined) {
      throw new CountersignError(
        'CS_CONFIG_INVALID',
        `exporters.${this.#host.id}.auth.authenticator: "${auth.authenticator}" is no running ` +
          'extension that has credentials; add one to extensions and service.extensions',
      );
    }
    return () => extension.credentials?.() ?? {};
  }

  /**
   * A refused batch says nothing about the exporter: the books have it. A backend that does not know
   * us, or is not where it should be, will refuse every one.
   */
  #judgeHealth(shipment: Shipment): void {
    switch (shipment.status) {
      case 'delivered':
        this.#say('healthy', `delivering to ${this.#where}`);
        return;
      case 'retry':
      case 'unknown':
        if (shipment.status !== 'retry' || shipment.afterMs !== 0) {
          this.#say('degraded', shipment.error.message);
        }
        return;
      case 'failed':
        if (shipment.reason === 'unauthorized' || shipment.reason === 'misdirected') {
          this.#say('unhealthy', shipment.error.message);
        }
        return;
      case 'partial':
        return;
      default:
        shipment satisfies never;
    }
  }

  /** Reports what is new. */
  #say(status: HealthReport['status'], message: string): void {
    if (this.#health?.status === status && this.#health.message === message) return;
    this.#health = { status, message };
    this.#host.report(this.#health);
  }
}

function fixedHeaders(
  config: OtlpHttpConfig,
  url: URL,
  compressor: Compressor | undefined,
): readonly string[] {
  const own = Object.entries(config.headers);
  const has = (name: string): boolean => own.some(([other]) => other.toLowerCase() === name);
  const headers = ['Content-Type', MEDIA_TYPES[config.encoding]];
  if (!has('host')) headers.push('Host', url.host);
  if (!has('user-agent')) headers.push('User-Agent', 'countersign');
  if (compressor !== undefined) headers.push('Content-Encoding', compressor.encoding);
  for (const [name, value] of own) headers.push(name, value.reveal());
  return headers;
}

function tlsOptions({ tls }: OtlpHttpConfig, id: string): AgentOptions {
  const read = (key: 'ca_file' | 'cert_file' | 'key_file'): Buffer | undefined => {
    const path = tls[key];
    if (path === undefined) return undefined;
    try {
      return readFileSync(path);
    } catch (thrown) {
      throw new CountersignError(
        'CS_START_FAILED',
        `exporters.${id}.tls.${key}: cannot read ${path}: ${messageOf(thrown)}`,
      );
    }
  };
  const [ca, cert, key] = [read('ca_file'), read('cert_file'), read('key_file')];
  return {
    rejectUnauthorized: !tls.insecure_skip_verify,
    minVersion: `TLSv${tls.min_version}`,
    ...(tls.max_version !== undefined && { maxVersion: `TLSv${tls.max_version}` }),
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(tls.server_name_override !== undefined && { servername: tls.server_name_override }),
  };
}
