/** The same object but for some of its members. */
export const instead = <T extends object>(whole: T, other: object): T =>
  new Proxy(whole, {
    get: (target, name) => {
      const member: unknown = Reflect.get(name in other ? other : target, name, target);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
