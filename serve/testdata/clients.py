"""Asks a server with the clients that people have: OpenAI's, Triton's and KServe's (one protocol), Cohere's, Hugging Face's. Prints ok for each.

pip install openai tritonclient[http] kserve cohere huggingface_hub numpy
"""
import sys

base, embeds, labels, key = sys.argv[1:5]


def openai_client():
    import openai
    c = openai.OpenAI(base_url=base + "/v1", api_key=key)
    texts = ["it was good", "Bob lives in Rome"]
    packed = c.embeddings.create(model=embeds, input=texts)  # the client asks for base64 by itself
    plain = c.embeddings.create(model=embeds, input=texts, encoding_format="float")
    assert [d.index for d in packed.data] == [0, 1] and packed.usage.total_tokens == 11, packed
    for a, b in zip(packed.data, plain.data):
        assert len(a.embedding) == 16 and max(abs(x - y) for x, y in zip(a.embedding, b.embedding)) < 1e-6
    ids = c.embeddings.create(model=embeds, input=[[5, 6, 7], [8]])
    assert len(ids.data) == 2
    short = c.embeddings.create(model=embeds, input="it was good", dimensions=4)
    assert len(short.data[0].embedding) == 4
    assert labels in [m.id for m in c.models.list()]
    for fault, kind in (({"model": "none", "input": "x"}, openai.NotFoundError), ({"model": embeds, "input": ""}, openai.UnprocessableEntityError)):
        try:
            c.embeddings.create(**fault)
        except kind as e:
            assert e.body["message"] and e.body["param"], e.body
        else:
            raise AssertionError(f"{fault} was answered")
    try:
        openai.OpenAI(base_url=base + "/v1", api_key="wrong", max_retries=0).embeddings.create(model=embeds, input="x")
    except openai.AuthenticationError:
        pass
    else:
        raise AssertionError("a wrong key was let in")


def triton_client():
    import numpy
    import tritonclient.http as triton
    # The client writes into the headers that it is given: each call gets its own.
    c = triton.InferenceServerClient(base.removeprefix("http://"))
    key_header = {"Authorization": "Bearer " + key}
    assert c.is_server_live() and c.is_server_ready() and c.is_model_ready(labels)
    about = c.get_model_metadata(labels, headers=dict(key_header))
    assert [t["name"] for t in about["inputs"]] == ["text", "pair"], about
    texts = numpy.array(["it was good", "it was bad"], dtype=object)
    answers = []
    for binary in (True, False):
        given = triton.InferInput("text", [2], "BYTES")
        given.set_data_from_numpy(texts, binary_data=binary)
        wanted = [triton.InferRequestedOutput(n, binary_data=binary) for n in ("label", "score")]
        r = c.infer(labels, [given], outputs=wanted, headers=dict(key_header), request_id="7")
        assert r.get_response()["id"] == "7"
        scores, names = r.as_numpy("score"), [x.decode() if isinstance(x, bytes) else x for x in r.as_numpy("label")]
        assert scores.shape == (2,) and scores.dtype == numpy.float32 and all(0 < s <= 1 for s in scores)
        answers.append((names, scores.tolist()))
    assert answers[0] == answers[1], answers
    given = triton.InferInput("text", [2], "BYTES")
    given.set_data_from_numpy(texts)
    vectors = c.infer(embeds, [given], headers=dict(key_header)).as_numpy("embedding")
    assert vectors.shape == (2, 16)
    try:
        bad = triton.InferInput("words", [2], "BYTES")
        bad.set_data_from_numpy(texts)
        c.infer(embeds, [bad], headers=dict(key_header))
    except triton.InferenceServerException as e:
        assert "takes no input" in e.message(), e
    else:
        raise AssertionError("an unknown input was taken")


def kserve_client():
    import asyncio
    import kserve

    async def ask():
        c = kserve.InferenceRESTClient(kserve.RESTConfig(protocol="v2"))
        headers = {"Authorization": "Bearer " + key}
        given = kserve.InferInput("text", [2], "BYTES", data=["it was good", "it was bad"])
        r = await c.infer(base, kserve.InferRequest(model_name=labels, infer_inputs=[given]), headers=headers, model_name=labels)
        assert r.model_name == labels and r.outputs[0].shape == [2], r
        assert await c.is_model_ready(base, labels) and await c.is_server_ready(base)

    asyncio.run(ask())


def cohere_client():
    import cohere
    documents = ["it was good", "it was bad", "Rome"]
    for make in (cohere.Client, cohere.ClientV2):
        r = make(api_key=key, base_url=base).rerank(model="ranks", query="good", documents=documents, top_n=2)
        assert len(r.results) == 2 and r.results[0].relevance_score >= r.results[1].relevance_score, r


def huggingface_client():
    from huggingface_hub import InferenceClient
    c = InferenceClient(base, token=key)  # asks the first model
    assert c.feature_extraction("it was good", normalize=True, truncate=True).shape == (1, 16)
    assert len(c.sentence_similarity("it was good", other_sentences=["it was bad", "Rome"])) == 2
    # The others are asked by servers of their own; here by name.
    class Named(InferenceClient):
        def _inner_post(self, request_parameters, **kwargs):
            request_parameters.json["model"] = self.named
            return super()._inner_post(request_parameters, **kwargs)
    c = Named(base, token=key)
    c.named = labels
    best = c.text_classification("it was good")
    assert len(best) > 1 and abs(sum(x.score for x in best) - 1) < 1e-5, best
    assert len(c.text_classification("it was good", top_k=1, function_to_apply="softmax")) == 1
    c.named = "tags"
    assert all(x.entity_group for x in c.token_classification("Bob lives in Rome", aggregation_strategy="simple"))
    c.named = "answers"
    assert c.question_answering(question="who", context="Bob lives in Rome").end >= 0
    c.named = "blanks"
    assert len(c.fill_mask("the [MASK]", top_k=3)) == 3


for name, f, module in (
        ("openai", openai_client, "openai"), ("triton", triton_client, "tritonclient.http"), ("kserve", kserve_client, "kserve"),
        ("cohere", cohere_client, "cohere"), ("huggingface", huggingface_client, "huggingface_hub")):
    try:
        __import__(module)
    except ImportError as e:
        print(name, "skipped:", e)
        continue
    f()
    print(name, "ok")
