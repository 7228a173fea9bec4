import { existsSync } from 'node:fs';
import { autocannonLoad } from './autocannon.js';
import { newKeyPrefix, type Figures, type Run } from './requests.js';
import { wrkLoad } from './wrk.js';

export interface Load {
  readonly name: string;
  /** @throws Error when any request was not answered with 2xx */
  run(run: Run): Promise<Figures>;
}

/** wrk takes the least from the cores that everybody shares; autocannon comes with `npm install`. */
export function chooseLoad(): Load {
  const found = (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(`${folder}/wrk`));
  const generator = found ? wrkLoad : autocannonLoad;
  return {
    name: generator.name,
    run: async (run) => {
      const { failed, ...figures } = await generator.run(run, newKeyPrefix());
      if (failed > 0) throw new Error(`${run.kind}, ${run.scenario.name}: ${failed} failed`);
      return figures;
    },
  };
}
