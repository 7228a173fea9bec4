import autocannon from 'autocannon';
import { API_KEY } from '../child.js';
import { AMOUNT } from '../scenarios.js';
import { anyOf, pathsOf, type Generator } from './requests.js';

/** autocannon, from npm, in this process. It takes several times what wrk takes of the cores. */
export const autocannonLoad: Generator = {
  name: 'autocannon, 1 thread',
  run: async (run, keyPrefix) => {
    const paths = pathsOf(run);
    const first = anyOf(paths.length);
    let count = 0;
    const next = (): string => paths[(first + ++count) % paths.length] ?? '/';
    const authorization = `Bearer ${API_KEY}`;
    const request: autocannon.Request =
      run.kind === 'add-credit'
        ? {
            method: 'POST',
            body: JSON.stringify({ amount: AMOUNT }),
            setupRequest: (request) => {
              const path = next();
              const idempotencyKey = `${keyPrefix}${count}`;
              const headers = {
                authorization,
                'content-type': 'application/json',
                'idempotency-key': idempotencyKey,
              };
              return { ...request, path, headers };
            },
          }
        : {
            method: 'GET',
            setupRequest: (request) => ({ ...request, path: next(), headers: { authorization } }),
          };
    const { url, connections, seconds } = run;
    const result = await autocannon({ url, connections, duration: seconds, requests: [request] });
    return {
      perSecond: result.requests.total / result.duration,
      p50: result.latency.p50,
      p99: result.latency.p99,
      answered: result['2xx'],
      failed: result.non2xx + result.errors + result.timeouts,
    };
  },
};
