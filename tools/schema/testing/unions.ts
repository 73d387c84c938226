/** Objects of which one is meant. */
import { z } from "zod";

export const shapes = {
  drawing: z.object({
    /** What is drawn. */
    form: z.discriminatedUnion("type", [
      z.object({
        /** A circle. */
        type: z.literal("circle"),
        /** From the middle to the edge. */
        size: z.number(),
      }),
      z.object({
        /** A square. */
        type: z.literal("square"),
        /** From edge to edge. */
        size: z.number(),
        /** In degrees. */
        turn: z.number(),
      }),
    ]),
  }),
};
