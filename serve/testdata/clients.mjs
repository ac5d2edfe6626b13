// Asks a server with OpenAI's official client for Node. Prints ok.
import assert from "node:assert"
import OpenAI from "openai"

const [base, embeds, labels, key] = process.argv.slice(2)
const client = new OpenAI({ baseURL: base + "/v1", apiKey: key, maxRetries: 0 })
const texts = ["it was good", "Bob lives in Rome"]
const packed = await client.embeddings.create({ model: embeds, input: texts }) // the client asks for base64 by itself
const plain = await client.embeddings.create({ model: embeds, input: texts, encoding_format: "float" })
assert.deepEqual(packed.data.map((d) => d.index), [0, 1])
assert.equal(packed.usage.total_tokens, 11)
packed.data.forEach((d, i) => {
  assert.equal(d.embedding.length, 16)
  d.embedding.forEach((x, k) => assert(Math.abs(x - plain.data[i].embedding[k]) < 1e-6))
})
const short = await client.embeddings.create({ model: embeds, input: [[5, 6, 7], [8]], dimensions: 4 })
assert.deepEqual(short.data.map((d) => d.embedding.length), [4, 4])
const models = []
for await (const m of client.models.list()) models.push(m.id)
assert(models.includes(labels))
await assert.rejects(client.embeddings.create({ model: "none", input: "x" }), OpenAI.NotFoundError)
await assert.rejects(client.embeddings.create({ model: embeds, input: "" }), (e) => e instanceof OpenAI.UnprocessableEntityError && e.param === "input")
const stranger = new OpenAI({ baseURL: base + "/v1", apiKey: "wrong", maxRetries: 0 })
await assert.rejects(stranger.embeddings.create({ model: embeds, input: "x" }), OpenAI.AuthenticationError)
console.log("openai ok")
