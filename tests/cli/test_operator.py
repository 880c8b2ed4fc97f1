"""manyeyes operator: who runs this installation."""


def test_link_is_an_address_that_is_fresh_every_time(manyeyes):
    links = [manyeyes("operator", "link", "--json").json["login_url"] for _ in range(2)]
    assert all(link.startswith("http://127.0.0.1:8080/login/") for link in links)
    assert links[0] != links[1]
