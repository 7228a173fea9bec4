import { describe, it } from '@jest/globals';
import { addCredit } from '../../src/ledger/domain/add-credit.js';
import { addSipAccount, MAX_SIP_ACCOUNTS } from '../../src/ledger/domain/add-sip-account.js';
import { parseAmount } from '../../src/ledger/domain/amount.js';
import { openMainAccount } from '../../src/ledger/domain/open-main-account.js';
import { purchaseCredit } from '../../src/ledger/domain/purchase-credit.js';
import { removeAllCredit } from '../../src/ledger/domain/remove-all-credit.js';
import {
  allocated,
  given,
  MAIN,
  MAX_AMOUNT,
  opened,
  purchased,
  reclaimed,
  sipAdded,
} from '../support/given.js';

const open = { mainAccountId: MAIN, currency: 'EUR' };
const purchase = (amount: string) => ({
  mainAccountId: MAIN,
  amount: parseAmount(amount),
  reference: 'invoice 1',
});
const sip = (sipAccountId: string) => ({ mainAccountId: MAIN, sipAccountId });
const add = (sipAccountId: string, amount: string) => ({ ...sip(sipAccountId), amount: parseAmount(amount) });

describe('open main account', () => {
  it('opens in a currency', () => given().when(openMainAccount, open).then(opened('EUR')));
  it('refuses a second opening', () =>
    given(opened()).when(openMainAccount, open).refuses('main-account-already-open'));
  it('refuses a second opening in another currency', () =>
    given(opened())
      .when(openMainAccount, { ...open, currency: 'USD' })
      .refuses('main-account-already-open'));
});

describe('purchase credit', () => {
  it('adds to the main account', () =>
    given(opened()).when(purchaseCredit, purchase('110.258')).then(purchased('110.2580')));
  it('refuses before the account is open', () =>
    given().when(purchaseCredit, purchase('1')).refuses('main-account-not-found'));
  it('fills the main account up to the limit', () =>
    given(opened(), purchased('1'))
      .when(purchaseCredit, purchase('999999999998.9999'))
      .then(purchased('999999999998.9999')));
  it('counts what is on SIP accounts towards no limit of the main account', () =>
    given(opened(), purchased(MAX_AMOUNT), sipAdded('100'), allocated('100', MAX_AMOUNT))
      .when(purchaseCredit, purchase('1'))
      .then(purchased('1')));
  it('refuses to go beyond the limit', () =>
    given(opened(), purchased('0.0001'))
      .when(purchaseCredit, purchase(MAX_AMOUNT))
      .refuses('balance-limit-exceeded', { available: '0.0001' }));
});

describe('add SIP account', () => {
  it('adds it empty', () => given(opened()).when(addSipAccount, sip('100')).then(sipAdded('100')));
  it('refuses before the main account is open', () =>
    given().when(addSipAccount, sip('100')).refuses('main-account-not-found'));
  it('refuses one that is there', () =>
    given(opened(), sipAdded('100')).when(addSipAccount, sip('100')).refuses('sip-account-already-added'));
  it('adds the 10 000th and refuses the one after it', () => {
    const many = Array.from({ length: MAX_SIP_ACCOUNTS }, (_, index) => sipAdded(`s${index}`));
    given(opened(), ...many.slice(1))
      .when(addSipAccount, sip('last'))
      .then(sipAdded('last'));
    given(opened(), ...many)
      .when(addSipAccount, sip('last'))
      .refuses('sip-account-limit-reached', { limit: 10_000 });
  });
});

describe('add credit', () => {
  const funded = [opened(), purchased('10'), sipAdded('100')];

  it('moves credit from the main account to the SIP account', () =>
    given(...funded)
      .when(addCredit, add('100', '3.5'))
      .then(allocated('100', '3.5000')));
  it('moves all there is', () =>
    given(...funded)
      .when(addCredit, add('100', '10'))
      .then(allocated('100', '10')));
  it('refuses the least bit more than there is', () =>
    given(...funded)
      .when(addCredit, add('100', '10.0001'))
      .refuses('insufficient-credit', { available: '10.0000', requested: '10.0001' }));
  it('refuses before the main account is open', () =>
    given().when(addCredit, add('100', '1')).refuses('main-account-not-found'));
  it('refuses an unknown SIP account', () =>
    given(...funded)
      .when(addCredit, add('200', '1'))
      .refuses('sip-account-not-found'));
  it('names the missing SIP account before the missing credit', () =>
    given(...funded)
      .when(addCredit, add('200', '99'))
      .refuses('sip-account-not-found'));
  it('refuses to fill a SIP account beyond the limit', () =>
    given(...funded, purchased('999999999989.9999'), allocated('100', MAX_AMOUNT), purchased('1'))
      .when(addCredit, add('100', '0.0001'))
      .refuses('balance-limit-exceeded', { available: MAX_AMOUNT }));
});

describe('remove all credit', () => {
  const allocatedOnce = [opened(), purchased('10'), sipAdded('100'), allocated('100', '3.5')];

  it('moves all of it back, to the last decimal', () =>
    given(...allocatedOnce, allocated('100', '0.0001'))
      .when(removeAllCredit, sip('100'))
      .then(reclaimed('100', '3.5001')));
  it('refuses when there is none', () =>
    given(opened(), sipAdded('100')).when(removeAllCredit, sip('100')).refuses('no-credit-to-reclaim'));
  it('refuses a second time', () =>
    given(...allocatedOnce, reclaimed('100', '3.5'))
      .when(removeAllCredit, sip('100'))
      .refuses('no-credit-to-reclaim'));
  it('refuses before the main account is open', () =>
    given().when(removeAllCredit, sip('100')).refuses('main-account-not-found'));
  it('refuses an unknown SIP account', () =>
    given(...allocatedOnce)
      .when(removeAllCredit, sip('200'))
      .refuses('sip-account-not-found'));
  it('refuses to fill the main account beyond the limit', () =>
    given(...allocatedOnce, purchased('999999999993.4999'))
      .when(removeAllCredit, sip('100'))
      .refuses('balance-limit-exceeded', { available: '999999999999.9999' }));
  it('moves the amount that is expected', () =>
    given(...allocatedOnce)
      .when(removeAllCredit, { ...sip('100'), expected: parseAmount('3.5') })
      .then(reclaimed('100', '3.5')));
  it('refuses when it is another amount than expected', () =>
    given(...allocatedOnce, allocated('100', '0.0001'))
      .when(removeAllCredit, { ...sip('100'), expected: parseAmount('3.5') })
      .refuses('amount-changed', { available: '3.5001', expected: '3.5000' }));
  it('says that there is none left, whatever was expected', () =>
    given(...allocatedOnce, reclaimed('100', '3.5'))
      .when(removeAllCredit, { ...sip('100'), expected: parseAmount('3.5') })
      .refuses('no-credit-to-reclaim'));
});
