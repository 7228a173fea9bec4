import type { AuditReport } from '../audit.js';
import { amountOf } from '../balances.js';
import type { Finding } from '../findings.js';

/** The report for a reader. @param compared what the events were held against, in words */
export function reportLines(report: AuditReport, compared: readonly string[]): string[] {
  const { events, accounts, otherEvents, tree, findings, unlistedFindings } = report;
  const counted = `${events} events of ${accounts.size} main accounts`;
  const others = otherEvents > 0 ? [`${otherEvents} events of other streams were passed over`] : [];
  const verdict =
    findings.length === 0
      ? `SOUND: ${counted}, every check passed (${compared.join('; ')})`
      : `DISCREPANCY: ${findings.length} findings in ${counted}`;
  const unlisted = unlistedFindings > 0 ? [`${unlistedFindings} further findings are not listed`] : [];
  return [
    verdict,
    ...findings.map(findingLine),
    ...unlisted,
    ...sumsOf(report).map(
      ({ currency, purchased, mainAccounts, sipAccounts }) =>
        `${currency}: ${purchased} purchased, ${mainAccounts} on main accounts, ${sipAccounts} on SIP accounts`,
    ),
    `tree: ${tree.size} events, root ${tree.root.toString('base64')}`,
    ...others,
  ];
}

/** How checkpoints in hand were looked at. */
export function checkpointsCompared(checkpoints: readonly string[], keys: readonly string[]): string[] {
  const { length } = checkpoints;
  const signature = keys.length > 0 ? 'signature checked' : 'signature not checked';
  return length === 0 ? [] : [`${length} checkpoint${length > 1 ? 's' : ''}, ${signature}`];
}

/** The report for a program; docs/how-to/audit-an-account.md describes it. */
export const reportJson = (report: AuditReport): string =>
  JSON.stringify({
    sound: report.findings.length === 0,
    events: report.events,
    otherEvents: report.otherEvents,
    mainAccounts: report.accounts.size,
    sums: sumsOf(report),
    tree: { size: report.tree.size, root: report.tree.root.toString('base64') },
    findings: report.findings,
    unlistedFindings: report.unlistedFindings,
  });

function findingLine({ check, message, stream, revision, eventId, more }: Finding): string {
  const place = stream === undefined ? '' : ` ${stream} revision ${revision} (event ${eventId}):`;
  return visible(`  ${check}:${place} ${message}${more > 0 ? `; and ${more} more` : ''}`);
}

/** Stored text may be anybody's: on a terminal, controls in it could write over the verdict, or put another beside it. */
const visible = (text: string): string =>
  text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, (hidden) => `\\u{${hidden.codePointAt(0)?.toString(16)}}`);

function sumsOf({ accounts }: AuditReport) {
  const sums = new Map<string, { purchased: bigint; main: bigint; sips: bigint }>();
  for (const { balances } of accounts.values()) {
    const currency = balances.currency ?? 'unopened';
    const sum = sums.get(currency) ?? { purchased: 0n, main: 0n, sips: 0n };
    sum.purchased += balances.purchased;
    sum.main += balances.main;
    sum.sips += balances.sips;
    sums.set(currency, sum);
  }
  return [...sums].map(([currency, { purchased, main, sips }]) => ({
    currency,
    purchased: amountOf(purchased),
    mainAccounts: amountOf(main),
    sipAccounts: amountOf(sips),
  }));
}
