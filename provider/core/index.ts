export * from "./clock";
export * from "./contract";
export * from "./errors";
export * from "./http";
export * from "./kind";
export * from "./plan";
export * from "./retry";
export * from "./validate";
