import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from '@jest/globals';
import { ROOT } from '../support/service.js';

it('runs the main job of the portal, stays up, and ends when told', async () => {
  const demo = spawn(process.execPath, [join(ROOT, 'dist/demo.js')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(demo, 'exit');
  const lines: string[] = [];
  for await (const line of createInterface({ input: demo.stdout })) {
    lines.push(line);
    if (line.startsWith('Ctrl-C')) break;
  }
  const output = lines.join('\n');
  expect(output).toContain('main account:   €61,3600');
  expect(output).toContain('SIP account(s): €48,8980');
  expect(output).toMatch(/32470000001\s+€12,2109/);
  expect(output).toMatch(/32470000002\s+€0,0000/);
  expect(output).toContain('201  Idempotent-Replayed: true');
  expect(output).toContain('422  insufficient-credit');
  const url = /listens on (http\S+)/.exec(output)?.[1] ?? '';
  expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  expect((await fetch(`${url}/docs`)).status).toBe(200);
  demo.kill('SIGINT');
  expect(await exited).toEqual([0, null]);
  await expect(fetch(url)).rejects.toThrow('fetch failed');
});
