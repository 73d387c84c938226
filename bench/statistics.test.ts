import { pairwiseRatios, spread } from "./statistics";

describe("spread", () => {
  it("gives the quartiles, between samples where none stands there", () => {
    expect(spread([4, 1, 3, 2])).toEqual({
      minimum: 1,
      lowerQuartile: 1.75,
      median: 2.5,
      upperQuartile: 3.25,
      maximum: 4,
    });
  });

  it("is not moved by one outlier", () => {
    expect(spread([1, 1, 1, 1, 1000]).median).toBe(1);
  });

  it("refuses to speak of no samples", () => {
    expect(() => spread([])).toThrow("no samples");
  });
});

describe("pairwiseRatios", () => {
  it("compares each sample with its neighbour in time", () => {
    expect(pairwiseRatios([2, 20], [1, 10])).toEqual([2, 2]);
  });

  it("refuses samples that are not in pairs", () => {
    expect(() => pairwiseRatios([1, 2], [1])).toThrow("2 samples against 1");
  });
});
