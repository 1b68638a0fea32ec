/**
 * The one door to `node:http` for values. An `import … from 'node:http'` reads every export of the
 * module to make its namespace, and with it `WebSocket` and its kin, which load undici: 15 MB of
 * resident memory for nothing (`node --input-type=module -e "await import('node:http')"`).
 */
const http = process.getBuiltinModule('node:http');

export const { Agent, createServer, request, STATUS_CODES } = http;
