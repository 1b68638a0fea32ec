import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { readProtobufAnswer, readProtobufStatus, protobufLogs, type SentGroup } from './wire.ts';
import { jsonLogs } from './otlp-json.ts';

/** One request: groups of records, or a body as it is. */
export interface Posted {
  readonly groups?: readonly SentGroup[];
  readonly body?: Uint8Array | string;
  /** Default: protobuf. */
  readonly as?: 'protobuf' | 'json';
  /** Content-Type instead of the one that follows from `as`. */
  readonly contentType?: string;
  readonly encoding?: 'gzip' | 'deflate' | 'zstd';
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
}

/** An answer, read in the encoding it came in. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
  /** Of a 200: records rejected, and the message. */
  readonly rejected: number;
  readonly message: string;
}

const COMPRESS = { gzip: gzipSync, deflate: deflateSync, zstd: zstdCompressSync };

/** Sends one OTLP/HTTP request and reads the answer whole. */
export async function post(url: string, request: Posted): Promise<HttpAnswer> {
  const as = request.as ?? 'protobuf';
  const plain =
    request.body ??
    (as === 'json' ? jsonLogs(request.groups ?? []) : protobufLogs(request.groups ?? []));
  const type = request.contentType ?? `application/${as === 'json' ? 'json' : 'x-protobuf'}`;
  const body =
    request.encoding === undefined ? Buffer.from(plain) : COMPRESS[request.encoding](plain);
  const answer = await fetch(url, {
    method: request.method ?? 'POST',
    ...(request.method !== 'GET' && { body: new Uint8Array(body) }),
    headers: {
      'content-type': type,
      ...(request.encoding !== undefined && { 'content-encoding': request.encoding }),
      ...request.headers,
    },
  });
  const bytes = Buffer.from(await answer.arrayBuffer());
  return {
    status: answer.status,
    headers: answer.headers,
    body: bytes,
    ...readAnswer(answer.status, answer.headers.get('content-type') ?? '', bytes),
  };
}

function readAnswer(status: number, type: string, body: Buffer) {
  if (body.length === 0) return { rejected: 0, message: '' };
  if (type.startsWith('application/json')) {
    const json = JSON.parse(body.toString('utf8')) as {
      message?: string;
      partialSuccess?: { rejectedLogRecords?: string | number; errorMessage?: string };
    };
    return {
      rejected: Number(json.partialSuccess?.rejectedLogRecords ?? 0),
      message: json.message ?? json.partialSuccess?.errorMessage ?? '',
    };
  }
  if (!type.startsWith('application/x-protobuf')) return { rejected: 0, message: '' };
  if (status === 200) return readProtobufAnswer(body);
  return { rejected: 0, message: readProtobufStatus(body).message };
}
