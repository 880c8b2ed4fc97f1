"""The contract's other paths: a signed code 15 that says what is offered, whoever asks."""

from support.signed_customer import Shop, opened

NOT_OFFERED = {  # docs/contracts/tupu.md#paths
    "/v3/recognition/text/{}": "texts",
    "/v3/recognition/text/async/{}": "texts",
    "/v3/recognition/image/async/{}": "pictures",
    "/v3/recognition/image/async/base64/{}": "pictures",
    "/v3/recognition/video/syncscan/{}": "videos",
    "/v3/recognition/video/asyncscan/{}": "videos",
    "/v3/recognition/video/rate/{}": "videos",
    "/v3/recognition/speech/{}": "speech",
    "/v3/recognition/speech/recording/async/rate/{}": "speech",
    "/v3/recognition/speech/stream/close/{}": "speech",
    "/v3/recognition/face/verify/{}": "faces",
    "/v3.1/recognition/text/{}": "texts",
    "/v3.1/recognition/video/stream/{}": "videos",
    "/v3.1/recognition/doc/async/{}": "documents",
    "/v3.1/recognition/{}": "not known",
    "/v3/management/history/video/{}": "management",
    "/v3/management/image-library/search": "management",
    "/v3/management/statistics/app/{}": "management",
    "/v3/something/{}": "not known",
}


async def test_what_is_not_offered_says_so(shop: Shop):
    for path, why in NOT_OFFERED.items():
        for sid in (shop.sid, "0" * 24):
            answer = opened(shop, await shop.client.post(path.format(sid), json=shop.triple()))
            assert answer.code == 15
            assert why in answer.said["message"]
            assert "POST /v3/recognition/<secretId>" in answer.said["message"]
            assert isinstance(answer.said["nonce"], float if "management" in path else str)
