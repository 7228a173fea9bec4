import type { Principal, Role } from '../auth/principal.js';
import type { Assets } from './assets.js';
import { placeOf } from './form.js';
import { formatCount, formatDate, formatMoney, formatTime } from './format.js';
import type { Texts } from './texts/en.js';
import { textsIn, type Language } from './texts/languages.js';

/** What every page knows: who looks, in which language, and where. */
export class View {
  readonly t: Texts;

  constructor(
    readonly language: Language,
    readonly assets: Assets,
    /**
     * Path and query of the page, to come back to it in another language. Empty for the answer to a form: coming
     * back to that would be a new form, with a new key, while the outcome of this one may not be known.
     */
    readonly path: string,
    readonly shopUrl: string | undefined,
    /** Undefined before signing in. */
    readonly principal: Principal | undefined,
    /** The main account that the page is about. */
    readonly mainAccountId?: string,
    /** Where on the list somebody was that led to the page. */
    readonly from = '',
  ) {
    this.t = textsIn(language);
  }

  /** Staff sees all main accounts, a customer only its own. */
  get isStaff(): boolean {
    return this.can('billing', 'auditor', 'operator');
  }

  /** True for whoever is the customer, and is told of their own accounts. */
  get isCustomer(): boolean {
    return this.can('customer');
  }

  /** True for those who may move credit on the accounts they see. */
  get mayMove(): boolean {
    return this.can('billing', 'customer');
  }

  can(...roles: Role[]): boolean {
    return this.principal?.roles.some((role) => roles.includes(role)) ?? false;
  }

  /** A path under the page's main account. */
  to(path = ''): string {
    return `/accounts/${encodeURIComponent(this.mainAccountId ?? '')}${path}`;
  }

  /** A path that remembers the place on this page's list, to come back to it. */
  onward(path: string): string {
    const place = placeOf(this.path.replace(/^[^?]*/, ''));
    return path + (place && `?${new URLSearchParams({ from: place }).toString()}`);
  }

  /** A list of the main account at the place where it was left, with what is to be told on it. */
  backTo(path = '', told: Readonly<Record<string, string>> = {}): string {
    const query = new URLSearchParams([
      ...new URLSearchParams(this.from),
      ...Object.entries(told),
    ]).toString();
    return this.to(path) + (query && `?${query}`);
  }

  /** A path under one of its SIP accounts. */
  toSip(sipAccountId: string, path: string): string {
    return this.to(`/sip-accounts/${encodeURIComponent(sipAccountId)}${path}`);
  }

  money(amount: string, currency: string): string {
    return formatMoney(amount, currency, this.language);
  }

  count(count: number): string {
    return formatCount(count, this.language);
  }

  date(instant: string): string {
    return formatDate(instant, this.language);
  }

  time(instant: string): string {
    return formatTime(instant, this.language);
  }
}
