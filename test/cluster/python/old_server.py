"""An analyser that somebody wrote in an afternoon: it knows proto/analysis.proto, NumPy, and nothing of Tidewatch.

usage: python old_server.py FOLDER_OF_GENERATED_CODE ADDRESS
"""
import sys
from concurrent import futures

import grpc
import numpy as np

sys.path.insert(0, sys.argv[1])
import analysis_pb2
import analysis_pb2_grpc


class Analyser(analysis_pb2_grpc.AnomalyAnalysisServicer):
    def DetectAnomalies(self, request, context):
        if len(request.data_points) < 10:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "at least 10 data points are required")
        threshold = request.parameters["threshold"] if "threshold" in request.parameters else 3.0
        values = np.array([point.value for point in request.data_points])
        std = values.std()
        scores = np.zeros_like(values) if std == 0 else (values - values.mean()) / std
        result = analysis_pb2.AnalysisResult()
        for point, score in zip(request.data_points, scores):
            result.scores.add(
                timestamp_ms=point.timestamp_ms, score=score, is_anomaly=bool(abs(score) > threshold)
            )
        return result


server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
analysis_pb2_grpc.add_AnomalyAnalysisServicer_to_server(Analyser(), server)
server.add_insecure_port(sys.argv[2])
server.start()
server.wait_for_termination()
