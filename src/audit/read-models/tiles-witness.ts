import type { Position, RecordedEvent } from '../../event-store/event-store.js';
import type { ReadModelTables } from './read-model-tables.js';
import { namedSip } from './told-by-event.js';
import type { Witness, WitnessedEvent } from './witness.js';

const TILE = 16;

interface Places {
  readonly place: number;
  readonly addedRevision: number;
  /** Positions since the last full tile. */
  recent: Position[];
}

interface AccountPlaces extends Places {
  readonly mainAccountId: string;
  readonly sips: Map<string, Places>;
}

/** Compares with the log where the read models say that the entries of an account and of a SIP account lie. */
export class TilesWitness implements Witness {
  private readonly accounts = new Map<string, AccountPlaces>();
  private tiles = 0;
  private sipTiles = 0;

  constructor(
    private readonly tables: ReadModelTables,
    readonly until: Position,
  ) {}

  event({ recorded, read, account }: WitnessedEvent): void {
    const { mainAccountId } = account;
    let places = this.accounts.get(recorded.stream);
    if (!places) {
      const place = this.accounts.size + 1;
      places = { mainAccountId, place, addedRevision: 0, recent: [], sips: new Map() };
      this.accounts.set(recorded.stream, places);
    }
    const full = add(places, recorded.position);
    if (full) {
      const keys = { account: places.place, tile: Math.floor(recorded.revision / TILE) };
      this.tables.compare('entry_tiles', keys, { positions: full }, recorded);
      this.tiles += 1;
    }
    const sipAccountId = namedSip(read);
    if (sipAccountId !== undefined) this.sipEvent(places, sipAccountId, recorded);
  }

  end(): void {
    for (const { mainAccountId, place, recent, sips } of this.accounts.values()) {
      const expected = { place, recent: textOf(recent) };
      this.tables.compare('main_accounts', { main_account_id: mainAccountId }, expected);
      for (const [id, sip] of sips)
        this.tables.compare(
          'sip_accounts',
          { main_account_id: mainAccountId, sip_account_id: id },
          { place: sip.place, added_revision: sip.addedRevision, recent: textOf(sip.recent) },
        );
    }
    this.tables.count('entry_tiles', this.tiles);
    this.tables.count('sip_entry_tiles', this.sipTiles);
  }

  private sipEvent(of: AccountPlaces, id: string, recorded: RecordedEvent): void {
    let sip = of.sips.get(id);
    if (!sip) {
      sip = { place: of.sips.size + 1, addedRevision: recorded.revision, recent: [] };
      of.sips.set(id, sip);
    }
    const [first = recorded.position] = sip.recent;
    const full = add(sip, recorded.position);
    if (!full) return;
    const keys = { account: of.place, sip_account: sip.place, first };
    this.tables.compare('sip_entry_tiles', keys, { positions: full }, recorded);
    this.sipTiles += 1;
  }
}

/** @returns the tile, when the position fills it */
function add(places: Places, position: Position): string | undefined {
  places.recent.push(position);
  if (places.recent.length < TILE) return undefined;
  const tile = textOf(places.recent);
  places.recent = [];
  return tile;
}

const textOf = (positions: readonly Position[]): string => `[${positions.join()}]`;
