"""A SavedModel runs arithmetic and nothing else without leave."""

import numpy as np
import pytest

from tests.backends import tensorflow_only
from tests.yolo.export.conftest import thin  # noqa: F401
from tests.yolo.export.detectors import noise
from yolo.errors import UserError
from yolo.export import saved_model
from yolo.inference.detection_function import detection_function, frozen
from yolo.inference.metadata import FILE, ModelMetadata
from yolo.inference.runtimes import load_runtime
from yolo.inference.runtimes.saved_model_safety import check_operations

pytestmark = tensorflow_only


def save(network, folder, addition, module=None):
    """A SavedModel of the network whose boxes are moved by `addition()`."""
    import tensorflow as tf

    function = detection_function(network)
    constants = frozen(function)

    def detect(pictures):
        boxes, scores = constants(pictures)
        return {"boxes": boxes + addition(), "scores": scores}

    module = module or tf.Module()
    module.detect = tf.function(detect, input_signature=function.input_signature, autograph=False)
    tf.saved_model.save(module, str(folder), signatures=module.detect)
    (folder / FILE).write_text(ModelMetadata.of(network, "float32").to_json(), encoding="utf-8")


def length_of(path):
    """An operation that reads a file."""
    import tensorflow as tf

    return lambda: tf.cast(tf.strings.length(tf.io.read_file(str(path))), tf.float32)


def test_one_that_reads_a_file_is_refused_unless_that_is_allowed(thin, tmp_path):  # noqa: F811
    (tmp_path / "secret.txt").write_text("1234567", encoding="utf-8")
    network = thin()
    save(network, tmp_path / "read", length_of(tmp_path / "secret.txt"))
    with pytest.raises(UserError, match=r"more than compute \(ReadFile, StringLength\).*--allow-imports"):
        load_runtime(tmp_path / "read")
    saved_model.write(detection_function(network), ModelMetadata.of(network, "float32"), tmp_path / "plain")
    boxes = load_runtime(tmp_path / "plain" / "saved_model.pb")(noise(1))[0]
    moved = load_runtime(tmp_path / "read", allow_imports=True)(noise(1))[0]
    np.testing.assert_allclose(moved - boxes, 7, atol=1e-3)


def test_one_that_hides_it_in_a_branch_is_refused(thin, tmp_path):  # noqa: F811
    import tensorflow as tf

    read = length_of(tmp_path / "gone.txt")
    save(thin(), tmp_path / "branch", lambda: tf.cond(tf.constant(1.0) > 2, read, lambda: tf.constant(0.0)))
    with pytest.raises(UserError, match="more than compute"):
        load_runtime(tmp_path / "branch")


def test_one_that_does_something_as_soon_as_it_is_loaded_is_refused(thin, tmp_path):  # noqa: F811
    import tensorflow as tf

    module = tf.Module()
    entries = tf.lookup.KeyValueTensorInitializer([1], [2.0])
    module.table = tf.lookup.StaticHashTable(entries, 0.0)
    save(thin(), tmp_path / "table", lambda: 0.0, module)
    with pytest.raises(UserError, match=r"HashTableV2"):
        load_runtime(tmp_path / "table")


def test_the_function_that_saves_is_let_pass_only_where_nothing_calls_it(thin, tmp_path):  # noqa: F811
    from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

    network = thin()
    folder = tmp_path / "saving"
    saved_model.write(detection_function(network), ModelMetadata.of(network, "float32"), folder)
    model = SavedModel.FromString((folder / "saved_model.pb").read_bytes())
    functions = {function.signature.name: function for function in model.meta_graphs[0].graph_def.library.function}
    saving = next(name for name in functions if "traced_save" in name)
    caller = next(function for name, function in functions.items() if "signature_wrapper" in name)
    next(node for node in caller.node_def if node.op == "PartitionedCall").attr["f"].func.name = saving
    (folder / "saved_model.pb").write_bytes(model.SerializeToString())
    (folder / FILE).write_text(ModelMetadata.of(network, "float32").to_json(), encoding="utf-8")  # unsealed
    with pytest.raises(UserError, match=r"MergeV2Checkpoints.*SaveV2"):
        load_runtime(folder)


def test_one_that_would_be_restored_by_an_operation_of_its_own_is_refused(thin, tmp_path):  # noqa: F811
    from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

    network = thin()
    saved_model.write(detection_function(network), ModelMetadata.of(network, "float32"), tmp_path / "old")
    model = SavedModel.FromString((tmp_path / "old" / "saved_model.pb").read_bytes())
    model.meta_graphs[0].ClearField("object_graph_def")
    (tmp_path / "old" / "saved_model.pb").write_bytes(model.SerializeToString())
    (tmp_path / "old" / FILE).write_text(ModelMetadata.of(network, "float32").to_json(), encoding="utf-8")  # unsealed
    with pytest.raises(UserError, match="TensorFlow 1's form"):
        load_runtime(tmp_path / "old")


def graph_of(functions, concrete=(), save="save", restore="restore"):
    """A SavedModel whose functions are `{name: ([operations], [names of functions called])}`."""
    from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

    model = SavedModel()
    meta_graph = model.meta_graphs.add()
    meta_graph.object_graph_def.SetInParent()
    meta_graph.saver_def.save_tensor_name, meta_graph.saver_def.restore_op_name = "saver:0", "restorer"
    for node, function in (("saver", save), ("restorer", restore)):
        call(meta_graph.graph_def.node.add(name=node, op="StatefulPartitionedCall"), function)
    for name, (operations, called) in functions.items():
        function = meta_graph.graph_def.library.function.add()
        function.signature.name = name
        for operation in operations:
            function.node_def.add(name=operation, op=operation)
        for other in called:
            call(function.node_def.add(name=other, op="PartitionedCall"), other)
    for name in concrete:
        meta_graph.object_graph_def.concrete_functions[name].SetInParent()
    return model


def call(node, function):
    node.attr["f"].func.name = function


PLAIN = {"save": (["SaveV2"], ["shards"]), "shards": (["ShardedFilename"], []), "restore": (["RestoreV2"], [])}


def test_functions_that_only_save_and_restore_are_not_looked_at():
    check_operations("model", graph_of(PLAIN | {"detect": (["Conv2D"], [])}, ["detect"]).SerializeToString())


@pytest.mark.parametrize(
    ("functions", "concrete"),
    [
        ({"save": ([], ["restore"]), "restore": (["WriteFile"], [])}, ["save"]),  # by a saver that is used, too
        (PLAIN | {"deep": (["WriteFile"], []), "detect": ([], ["save"]), "save": ([], ["deep"])}, ["detect"]),
        (PLAIN | {"alone": (["WriteFile"], [])}, []),
        (PLAIN | {"restore": (["WriteFile"], []), "alone": ([], ["restore"])}, []),
        ({"save": (["WriteFile"], ["restore"]), "restore": ([], ["save"])}, ["restore"]),  # in a circle
    ],
)
def test_what_can_be_reached_in_any_other_way_is_refused(functions, concrete):
    with pytest.raises(UserError, match=r"more than compute .*WriteFile"):
        check_operations("model", graph_of(functions, concrete).SerializeToString())


def test_a_function_handed_to_another_or_taken_in_its_place_is_refused():
    handed = graph_of(PLAIN | {"restore": (["WriteFile"], []), "detect": ([], ["detect"])}, ["detect"])
    node = handed.meta_graphs[0].graph_def.library.function[-1].node_def[0]
    node.attr["f"].func.attr["then"].func.name = "restore"
    exchanged = graph_of(PLAIN | {"restore": (["WriteFile"], [])})
    exchanged.meta_graphs[0].graph_def.library.function[-1].attr["api_implements"].s = b"detect"
    for model in (handed, exchanged):
        with pytest.raises(UserError, match=r"more than compute .*WriteFile"):
            check_operations("model", model.SerializeToString())
