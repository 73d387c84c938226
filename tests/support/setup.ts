// A run of the engine takes seconds, several on a busy machine; a hang still ends.
jest.setTimeout(300_000);
