import { type MessageEvent, type OnModuleDestroy, Req, Sse } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { distinctUntilChanged, exhaustMap, Observable, shareReplay, Subject, takeUntil, timer } from 'rxjs';
import { type AuthenticatedRequest, Roles } from '../auth/decorators.js';
import { Sessions } from '../auth/sessions.js';
import { GetLastChangeQuery, type LastChange } from '../projections/names/get-last-change.js';
import { Projections } from '../projections/projections.js';
import { DashboardRoutes } from './dashboard-routes.js';
import { field } from './form.js';
import { seenText } from './parts/live-path.js';
import { mainAccountIdOf } from './request.js';

/** An account that changes without pause is told of so often. */
const PAUSE_MS = 200;
const HEARTBEAT_MS = 10_000;
/** Read models this far behind the log make a page that is older than it should be. */
const BEHIND_SECONDS = 3;
const LOOK_EVERY_MS = 1000;

/** What a page has seen of an account. */
interface Seen {
  readonly revision: number;
  /** The position of the last change of a name. */
  readonly names: bigint;
}

/**
 * Tells open pages that their account has changed; they then read themselves anew. What is told is the account's
 * last revision and where its names last changed, so that after a cut a page says what it saw, and hears at once
 * if that is no longer so.
 */
@Roles('billing', 'auditor', 'operator', 'customer')
@DashboardRoutes('accounts/:mainAccountId')
export class LiveController implements OnModuleDestroy {
  private readonly ended = new Subject<void>();
  /** Whether the read models are behind; looked at once for all pages, while there are any. */
  private readonly behind = timer(0, LOOK_EVERY_MS).pipe(
    exhaustMap(() => this.isBehind()),
    distinctUntilChanged(),
    shareReplay({ bufferSize: 1, refCount: true }),
  );

  constructor(
    private readonly queries: QueryBus,
    private readonly projections: Projections,
    private readonly sessions: Sessions,
  ) {}

  @Sse('live')
  live(@Req() request: AuthenticatedRequest): Observable<MessageEvent> {
    const mainAccountId = mainAccountIdOf(request);
    const lastEventId = request.headers['last-event-id'];
    const seen = seenOf(typeof lastEventId === 'string' ? lastEventId : field(request.query, 'seen'));
    const signedIn = () => this.sessions.principalOf(request.headers.cookie) !== undefined;
    return this.changes(mainAccountId, seen, signedIn).pipe(takeUntil(this.ended));
  }

  /** Open streams would keep the server from closing. */
  onModuleDestroy(): void {
    this.ended.next();
  }

  private changes(mainAccountId: string, from: Seen, signedIn: () => boolean): Observable<MessageEvent> {
    return new Observable((subscriber) => {
      let seen = from;
      let pause: NodeJS.Timeout | undefined;
      // Both undefined until they have been looked at: what is not known yet is not called live.
      let isBehind: boolean | undefined;
      /** True while the last look failed: then nobody knows what the page lacks. */
      let blind: boolean | undefined;
      const beat = (): void => {
        if (isBehind === undefined || blind === undefined) return;
        if (signedIn()) subscriber.next({ type: isBehind || blind ? 'behind' : 'alive', data: {} });
        else subscriber.complete();
      };
      const look = async (): Promise<void> => {
        pause = undefined;
        const last = await this.queries.execute(new GetLastChangeQuery(mainAccountId)).catch(() => undefined);
        const sawBefore = blind === false;
        blind = last === undefined;
        if (blind || !sawBefore) beat();
        if (last) tell(last);
      };
      const tell = ({ revision, namesPosition }: LastChange): void => {
        // Less than was seen is news too: the log was replaced by an older copy.
        if (revision === seen.revision && namesPosition === seen.names) return;
        seen = { revision, names: namesPosition };
        subscriber.next({ type: 'changed', id: seenText(revision, seen.names), data: { revision } });
      };
      const watch = this.behind.subscribe((now) => {
        isBehind = now;
        beat();
      });
      const stop = this.projections.onProgress(() => (pause ??= setTimeout(() => void look(), PAUSE_MS)));
      const heartbeat = setInterval(() => void (blind ? look() : beat()), HEARTBEAT_MS);
      void look();
      return () => {
        stop();
        watch.unsubscribe();
        clearInterval(heartbeat);
        clearTimeout(pause);
      };
    });
  }

  private async isBehind(): Promise<boolean> {
    if (!this.projections.ready) return true;
    try {
      return (await this.projections.lag()).some(({ seconds }) => seconds > BEHIND_SECONDS);
    } catch {
      return true;
    }
  }
}

function seenOf(text: string): Seen {
  const [, revision = -1, names = -1] = /^(\d{1,15})-(\d{1,19})$/.exec(text) ?? [];
  return { revision: Number(revision), names: BigInt(names) };
}
