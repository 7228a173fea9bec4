import autocannon from 'autocannon';
import { API_KEY } from '../child.js';
import { AMOUNT, mainAccountIds, sipAccountIds } from '../scenarios.js';
import type { Load } from './load.js';

/** autocannon, from npm, in this process. It takes several times what wrk takes of the cores. */
export const autocannonLoad: Load = {
  name: 'autocannon, 1 thread',
  run: async ({ url, scenario, connections, seconds, keyPrefix }) => {
    const paths = mainAccountIds(scenario).flatMap((main) =>
      sipAccountIds(scenario).map((sip) => `/v1/main-accounts/${main}/sip-accounts/${sip}/add-credit`),
    );
    let count = 0;
    const result = await autocannon({
      url,
      connections,
      duration: seconds,
      requests: [
        {
          method: 'POST',
          body: JSON.stringify({ amount: AMOUNT }),
          setupRequest: (request) => ({
            ...request,
            path: paths[++count % paths.length] ?? '/',
            headers: {
              authorization: `Bearer ${API_KEY}`,
              'content-type': 'application/json',
              'idempotency-key': `${keyPrefix}${count}`,
            },
          }),
        },
      ],
    });
    return {
      perSecond: result.requests.total / result.duration,
      p50: result.latency.p50,
      p99: result.latency.p99,
      created: result['2xx'],
      failed: result.non2xx + result.errors + result.timeouts,
    };
  },
};
