import { IncomingMessage } from 'node:http';

/**
 * A request whose body is given whole to one who asks for it before it comes. For everybody else it is a stream, as
 * ever: that queues what comes, and tells of it, of its end and of its close in ticks of their own, which is a seventh of
 * the time that a balance takes.
 */
export class ReceivedRequest extends IncomingMessage {
  private given = false;
  private taker: ((body: Buffer) => void) | undefined;
  private pieces: Buffer[] | undefined;

  static {
    // By it Node sees whether it may forget a request. Its types do not say that it is an accessor.
    Object.defineProperty(this.prototype, 'readableEnded', {
      get(this: ReceivedRequest): unknown {
        return this.given ? this.complete : Reflect.get(IncomingMessage.prototype, 'readableEnded', this);
      },
    });
  }

  /**
   * Instead of all that a stream can be asked for, in the turn in which the request comes. Node sees to it that no more
   * comes than the length says.
   * @param taker told of the body once it is all there, which it never is when the connection goes before
   */
  giveBody(taker: (body: Buffer) => void): void {
    this.given = true;
    this.taker = taker;
    this.pieces = [];
  }

  /** Likewise, where nobody wants a body. */
  dropBody(): void {
    this.given = true;
  }

  /** Called by the parser with each piece, and with null at the end. */
  override push(piece: Buffer | null, encoding?: BufferEncoding): boolean {
    if (!this.given) return super.push(piece, encoding);
    const { taker, pieces = [] } = this;
    if (piece) pieces.push(piece);
    else {
      taker?.(pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces));
      // Node waits for it where the answer was there first.
      this.emit('end');
    }
    return true;
  }

  /** Called by Node for a request that is answered, and of which nobody has read the body. */
  override resume(): this {
    return this.given ? this : super.resume();
  }
}
