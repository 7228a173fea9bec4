import { IsSipAccountId } from './ids.js';

export class AddSipAccountRequest {
  @IsSipAccountId()
  readonly sipAccountId!: string;
}
