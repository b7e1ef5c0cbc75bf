from scripts import write_faults as script


def test_the_table_of_faults_is_up_to_date() -> None:
    assert script.OUTPUT.read_text() == script.document(), "run `make gen`"
