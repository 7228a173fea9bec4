import { describe, expect, it } from '@jest/globals';
import { Findings } from '../../src/audit/findings.js';
import { goodLog } from './support/good-log.js';

describe('the findings of an audit', () => {
  it('are the first of each check and stream, with how many came after it', () => {
    const [alice, bob, next] = goodLog();
    const findings = new Findings();
    for (const event of [alice, bob, next, next]) findings.add('hash', 'its hash is wrong', event);
    findings.add('link', 'it links to another', next);
    expect(findings.list.map(({ check, eventId, more }) => [check, eventId, more])).toEqual([
      ['hash', alice?.id, 2],
      ['hash', bob?.id, 0],
      ['link', next?.id, 0],
    ]);
  });

  it('are a thousand at most, also with those of others, and the rest is counted', () => {
    const [findings, others] = [new Findings(), new Findings()];
    for (const more of [0, 1])
      for (let i = 0; i < 1_001; i += 1) others.add('conservation', `main account ${i + 2 * more}`);
    expect([others.list.length, others.unlisted]).toEqual([1_000, 4]);
    findings.add('checkpoint', 'it is of another log');
    findings.adopt(others.list, others.unlisted);
    expect([findings.list.length, findings.unlisted]).toEqual([1_000, 6]);
  });

  it('go on counting at what others found behind them', () => {
    const [alice, , next] = goodLog();
    const [findings, others] = [new Findings(), new Findings()];
    findings.add('hash', 'its hash is wrong', alice);
    for (const event of [next, next]) others.add('hash', 'its hash is wrong', event);
    findings.adopt(others.list, others.unlisted);
    expect(findings.list).toEqual([expect.objectContaining({ eventId: alice?.id, more: 2 })]);
  });
});
